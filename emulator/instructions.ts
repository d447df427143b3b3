import type { Emulator } from "./startEmulator.js";

/**
 * What the command prints when the emulator listens: the first line for programs, the rest for people.
 */
export function instructions(emulator: Emulator): string {
  const { url, loginServer, credentials, caCertificateFile } = emulator;
  const { username, password } = credentials;
  const tls = caCertificateFile !== undefined && url.startsWith("https:");
  const trust = tls
    ? [
        "Let Node.js (and with it Pulumi programs) trust its certificate:",
        `  export NODE_EXTRA_CA_CERTS=${quoted(caCertificateFile)}`,
        "",
      ]
    : [];
  const orasFlags = tls ? `--ca-file ${quoted(caCertificateFile)}` : "--plain-http";
  return [
    `ACR emulator ready at ${url}`,
    "",
    ...trust,
    "Use it from a Pulumi stack:",
    // Plain http must be requested explicitly, and is only allowed on loopback.
    `  pulumi config set acr:loginServer ${tls ? loginServer : url}`,
    "  pulumi config set acr:credential token",
    `  pulumi config set acr:username ${quoted(username)}`,
    `  pulumi config set --secret acr:password ${password.startsWith("-") ? "-- " : ""}${quoted(password)}`,
    "",
    "Or from other clients:",
    `  oras login ${loginServer} ${orasFlags} --username ${quoted(username)} --password=${quoted(password)}`,
    "",
    ...signIn(emulator),
    "Stop it with Ctrl-C.",
    "",
  ].join("\n");
}

/** With Entra: variables that direct the credentials of any Azure SDK here. */
function signIn({ entra, caCertificateFile = "" }: Emulator): string[] {
  const { authorityHost, tenantId, managedIdentity } = entra;
  if (authorityHost === undefined) return [];
  const variables = { AZURE_AUTHORITY_HOST: authorityHost, AZURE_TENANT_ID: tenantId };
  const lines = Object.entries({ ...variables, ...managedIdentity?.appService });
  return [
    "Sign in with Entra (authority validation or instance discovery must be off):",
    `  export NODE_EXTRA_CA_CERTS=${quoted(caCertificateFile)}`,
    ...lines.map(([name, value]) => `  export ${name}=${quoted(value)}`),
    "",
  ];
}

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
