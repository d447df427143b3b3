import type { Answer } from "../http/answer.js";
import type { EmulatedEntra } from "../tokens/entra.js";
import { samePassword } from "../tokens/samePassword.js";
import { checkAssertion } from "./clientAssertion.js";
import { entraJson, refuseToken } from "./entraError.js";
import type { EntraApplication, EntraOptions } from "./entraOptions.js";

export interface TokenRequest {
  readonly tenant: string;
  readonly form: URLSearchParams;
  /** The address of the request, without query and fragment. */
  readonly endpoint: string;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** The client credentials grant of `/{tenant}/oauth2/v2.0/token`. */
export async function clientCredentials(
  entra: EmulatedEntra,
  { applications = [] }: EntraOptions,
  request: TokenRequest,
): Promise<Answer> {
  const { form, tenant } = request;
  if (tenant !== entra.tenantId) {
    refuseToken(400, "invalid_request", 90002, `Tenant '${tenant}' not found.`);
  }
  if (form.get("grant_type") !== "client_credentials") {
    refuseToken(400, "unsupported_grant_type", 70003, "The app asked for another grant type.");
  }
  const clientId = form.get("client_id") ?? "";
  const application = applications.find((one) => one.clientId === clientId);
  if (application === undefined) {
    const sentence = `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`;
    return refuseToken(400, "unauthorized_client", 700016, sentence);
  }
  const audience = audienceOf(form.get("scope") ?? "");
  await authenticate(entra, application, request);
  if (!entra.knowsAudience(audience)) {
    const sentence = `The resource principal named ${audience} was not found in the tenant.`;
    refuseToken(400, "invalid_resource", 500011, sentence);
  }
  const { roles } = application;
  const token = await entra.issueToken({ audience, subject: clientId, ...(roles && { roles }) });
  const seconds = 3599;
  return entraJson(200, {
    token_type: "Bearer",
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: token,
  });
}

async function authenticate(
  entra: EmulatedEntra,
  application: EntraApplication,
  { form, endpoint }: TokenRequest,
): Promise<void> {
  const assertion = form.get("client_assertion");
  if (assertion !== null) {
    if (form.get("client_assertion_type") !== assertionType) {
      refuseToken(400, "invalid_request", 900144, "client_assertion_type is not supported.");
    }
    return checkAssertion(assertion, { ...entra.checking(), application, endpoint });
  }
  const given = form.get("client_secret") ?? "";
  const { clientSecret } = application;
  if (clientSecret === undefined || !samePassword(given, clientSecret)) {
    const sentence = `Invalid client secret provided for app '${application.clientId}'.`;
    refuseToken(401, "invalid_client", 7000215, sentence);
  }
}

/**
 * The audience of a scope: `https://management.azure.com//.default` is for
 * `https://management.azure.com/`.
 */
function audienceOf(scope: string): string {
  const resource = scope.split(" ").find((one) => one.endsWith("/.default"));
  if (resource !== undefined) return resource.slice(0, -"/.default".length);
  return refuseToken(400, "invalid_scope", 1002012, `The scope '${scope}' is not valid.`);
}
