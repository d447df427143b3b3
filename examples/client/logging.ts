// Shows every request and every answer. Nothing secret is in there: credentials, tokens and signatures are left out.
// `AZURE_LOG_LEVEL=info` does the same without a line of code, and shows how @azure/identity signs in besides.
import { RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io", {
  log: (line) => console.error(line),
  userAgent: "my-pipeline/1.0",
  // At most two more attempts, a second apart at first; and never longer than a minute altogether.
  retry: { maxRetries: 2, baseDelayMs: 1_000, budgetMs: 60_000 },
});

const signal = AbortSignal.timeout(120_000);
for await (const name of registry.repositories({ signal })) console.log(name);
