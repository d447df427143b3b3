// Logs every request and every answer. The log contains no secrets: credentials, tokens and signatures are left out.
// `AZURE_LOG_LEVEL=info` does the same without code, and also shows how @azure/identity signs in.
import { RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io", {
  log: (line) => console.error(line),
  userAgent: "my-pipeline/1.0",
  // At most two more attempts, the first after about a second; never longer than a minute in total.
  retry: { maxRetries: 2, baseDelayMs: 1_000, budgetMs: 60_000 },
});

const signal = AbortSignal.timeout(120_000);
for await (const name of registry.repositories({ signal })) console.log(name);
