/** Requests a manifest of the registry `argv[2]` by the environment's proxy; prints all output. */
import { inspect } from "node:util";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { RegistryClient } from "pulumi-acr/client";

const told: string[] = [];
AzureLogger.log = (...parts: unknown[]) => void told.push(parts.map(String).join(" "));
setLogLevel("verbose");

async function main(): Promise<string> {
  const [, , loginServer = ""] = process.argv;
  const client = new RegistryClient(loginServer, {
    credential: { kind: "anonymous" },
    caCertificate: process.env["CA_CERTIFICATE"] ?? "",
    retry: { maxRetries: 1, baseDelayMs: 1, maxDelayMs: 5, budgetMs: 20 },
    log: (line) => void told.push(line),
  });
  try {
    const found = await client.repository("a").manifests.fetch("v1");
    return `fetched ${found?.descriptor.digest}`;
  } finally {
    if (process.env["LEFT_OPEN"] === undefined) client.close();
  }
}

main()
  .catch((error: unknown) => inspect(error, { depth: 20, showHidden: true }))
  .then((outcome) => process.stdout.write(JSON.stringify({ outcome, told })))
  .catch((error: unknown) => process.stderr.write(String(error)));
