import { RegistryClient } from "../../../provider/registry/index.js";
import { type Asked, ScriptedEntra } from "./scriptedEntra.js";
import { sign } from "./unsignedToken.js";

/**
 * Signs in with the machine's identity, and prints what its endpoint was asked: `askManagedIdentity.js <client id>`.
 * A process of its own, because MSAL keeps the source that it found first, and its tokens, for the life of one.
 */
async function main(clientId: string): Promise<void> {
  const inAnHour = String(Math.floor(Date.now() / 1000) + 3600);
  const machine = ({ url }: Asked): { body: unknown } | undefined =>
    url.pathname === "/msi/token"
      ? { body: { access_token: sign({}), expires_on: inAnHour } }
      : undefined;
  const httpClient = new ScriptedEntra(machine);
  using registry = new RegistryClient("contoso.azurecr.io", {
    retry: { maxRetries: 0 },
    credential: { kind: "managed-identity", clientId },
    httpClient,
  });
  for await (const name of registry.repositories()) throw new Error(`there is no ${name}`);
  const asked = httpClient.asked.find(({ url }) => url.pathname === "/msi/token");
  process.stdout.write(JSON.stringify(Object.fromEntries(asked?.url.searchParams ?? [])));
}

void main(process.argv[2] ?? "");
