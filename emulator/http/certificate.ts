import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";

/** The certificate of both servers, and the authority to trust. */
export interface Certificate {
  readonly server: { readonly key: string; readonly cert: string };
  readonly authority: string;
  readonly authorityFile: string;
}

/** Reuses the certificate of an earlier run with the same folder and hosts, or makes a new one. */
export async function certificateIn(
  folder: string,
  hosts: readonly string[],
): Promise<Certificate> {
  const home = join(folder, hosts.join("_").replaceAll(":", "-"));
  await mkdir(home, { recursive: true, mode: 0o700 });
  const authorityFile = join(home, "ca.pem");
  const keyFile = join(home, "server-key.pem");
  const certFile = join(home, "server.pem");
  if (!(await isGood(certFile))) {
    const { authority, server } = await generatePair(hosts);
    await writeFile(authorityFile, authority);
    await writeFile(keyFile, server.key, { mode: 0o600 });
    // Written last, so that its presence means that the others are complete.
    await writeFile(certFile, server.cert);
  }
  return {
    server: { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") },
    authority: await readFile(authorityFile, "utf8"),
    authorityFile,
  };
}

const day = 24 * 3600 * 1000;

async function isGood(certFile: string): Promise<boolean> {
  if (!existsSync(certFile)) return false;
  const { validTo } = new X509Certificate(await readFile(certFile));
  return Date.parse(validTo) > Date.now() + day;
}

async function generatePair(
  hosts: readonly string[],
): Promise<{ authority: string; server: { key: string; cert: string } }> {
  // Only needed for --tls, and slow to load.
  const { generate } = await import("selfsigned");
  const shared = {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 365 * day),
  } as const;
  const ca = await generate([{ name: "commonName", value: "ACR emulator" }], {
    ...shared,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: hosts[0] ?? "localhost" }], {
    ...shared,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: alternativeNames(hosts) },
    ],
  });
  return { authority: ca.cert, server: { key: leaf.private, cert: leaf.cert } };
}

type AlternativeName = { readonly type: 2; value: string } | { readonly type: 7; ip: string };

/** All names of the loopback, and the given hosts. */
function alternativeNames(hosts: readonly string[]): AlternativeName[] {
  const names = new Set(["localhost", "127.0.0.1", "::1", ...hosts]);
  return [...names].map((name) =>
    isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
  );
}
