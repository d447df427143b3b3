import type { Answer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { EmulatedEntra } from "../tokens/entra.js";
import { samePassword } from "../tokens/samePassword.js";
import { entraJson } from "./entraError.js";
import type { EntraManagedIdentity, EntraOptions } from "./entraOptions.js";

/** Lifetime of a managed identity's token in seconds. */
const lifetime = 86_400;

/**
 * Tokens from the instance metadata service (Microsoft, "How to use managed identities for Azure
 * resources on an Azure VM"). The required `Metadata: true` rejects requests forged through another
 * server.
 */
export function fromInstanceMetadata(
  entra: EmulatedEntra,
  options: EntraOptions,
  request: ReceivedRequest,
): Promise<Answer> {
  if (request.headers["metadata"]?.toString().toLowerCase() !== "true") {
    return refused(400, "Required metadata header not specified");
  }
  return answer(entra, options, request);
}

/**
 * Tokens from App Service (Microsoft, "How to use managed identities for App Service"). The secret header
 * proves that the caller runs in the app.
 */
export function fromAppService(
  entra: EmulatedEntra,
  options: EntraOptions,
  request: ReceivedRequest,
  secret: string,
): Promise<Answer> {
  if (!samePassword(request.headers["x-identity-header"]?.toString() ?? "", secret)) {
    return refused(401, "X-IDENTITY-HEADER is absent or wrong");
  }
  return answer(entra, options, request);
}

async function answer(
  entra: EmulatedEntra,
  { managedIdentities = [] }: EntraOptions,
  { query }: ReceivedRequest,
): Promise<Answer> {
  const parameters = new URLSearchParams(query);
  const resource = parameters.get("resource") ?? "";
  if (parameters.get("api-version") === null) return refused(400, "api-version is missing");
  const identity = chosen(managedIdentities, parameters.get("client_id"));
  if (identity === undefined) return refused(400, "Identity not found");
  if (!entra.knowsAudience(resource)) return refused(400, `The resource ${resource} was not found`);
  const { clientId, roles } = identity;
  const options = { audience: resource, subject: clientId, expiresInSeconds: lifetime };
  const token = await entra.issueToken({ ...options, ...(roles && { roles }) });
  const now = Math.floor(entra.checking().now / 1000);
  return entraJson(200, {
    access_token: token,
    client_id: clientId,
    expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    not_before: String(now),
    resource,
    token_type: "Bearer",
  });
}

function chosen(
  identities: readonly EntraManagedIdentity[],
  clientId: string | null,
): EntraManagedIdentity | undefined {
  if (clientId !== null) return identities.find((one) => one.clientId === clientId);
  return identities.find(({ systemAssigned }) => systemAssigned === true) ?? identities[0];
}

function refused(status: number, description: string): Promise<Answer> {
  return Promise.resolve(
    entraJson(status, { error: "invalid_request", error_description: description }),
  );
}
