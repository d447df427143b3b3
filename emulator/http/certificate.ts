import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The certificate of both servers and the authority that clients have to trust. */
export interface Certificate {
  readonly server: { readonly key: string; readonly cert: string };
  readonly authority: string;
  readonly authorityFile: string;
}

/** Takes the certificate of an earlier run with the same folder, or makes one. */
export async function certificateIn(folder: string, host: string): Promise<Certificate> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authorityFile = join(folder, "ca.pem");
  const keyFile = join(folder, "server-key.pem");
  const certFile = join(folder, `server-${host.replaceAll(":", "_")}.pem`);
  if (!existsSync(certFile)) await writeNew(host, { authorityFile, keyFile, certFile });
  return {
    server: { key: await readFile(keyFile, "utf8"), cert: await readFile(certFile, "utf8") },
    authority: await readFile(authorityFile, "utf8"),
    authorityFile,
  };
}

async function writeNew(
  host: string,
  files: { authorityFile: string; keyFile: string; certFile: string },
): Promise<void> {
  const { authority, server } = await generatePair(host);
  await writeFile(files.authorityFile, authority);
  await writeFile(files.keyFile, server.key, { mode: 0o600 });
  await writeFile(files.certFile, server.cert);
}

async function generatePair(
  host: string,
): Promise<{ authority: string; server: { key: string; cert: string } }> {
  // Only --tls needs it, and it is slow to load.
  const { generate } = await import("selfsigned");
  const shared = {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 365 * 24 * 3600 * 1000),
  } as const;
  const ca = await generate([{ name: "commonName", value: "ACR emulator" }], {
    ...shared,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: host }], {
    ...shared,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: alternativeNames(host) },
    ],
  });
  return { authority: ca.cert, server: { key: leaf.private, cert: leaf.cert } };
}

function alternativeNames(host: string): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  const names: ({ type: 2; value: string } | { type: 7; ip: string })[] = [
    { type: 2, value: "localhost" },
    { type: 7, ip: "127.0.0.1" },
    { type: 7, ip: "::1" },
  ];
  if (/^[\d.]+$|:/.test(host)) names.push({ type: 7, ip: host });
  else if (host !== "localhost") names.push({ type: 2, value: host });
  return names;
}
