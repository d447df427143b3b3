import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Authorizer } from "../auth/authorizer.js";
import { findChallenge, foreignRealm } from "../auth/challenge.js";
import { printable } from "../oci/printable.js";
import { RegistryError, isAcrError } from "../errors.js";
import type { RegistryEndpoint } from "../oci/loginServer.js";
import { sameOrigin } from "../oci/origin.js";
import { accessHint } from "./accessHint.js";
import { drain } from "./answerPolicy.js";
import { aborted } from "./clock.js";
import { type Exchange, exchangeOf } from "./exchange.js";
import { locationOf } from "./redaction.js";
import { readDiagnostics } from "./responseError.js";

/**
 * Adds the `Authorization` header to requests to the registry's own origin, and to no others. The scopes
 * come from the request, not from the server's challenge, which can only cause one renewal of the token.
 */
export function authorizationPolicy(
  authorizer: Authorizer,
  endpoint: RegistryEndpoint,
): PipelinePolicy {
  return {
    name: "acrAuthorization",
    async sendRequest(request, next) {
      const exchange = exchangeOf(request);
      const { scopes } = exchange;
      if (scopes === undefined) return await next(request);
      if (!sameOrigin(request.url, endpoint.origin)) {
        throw new TypeError("a request with scopes goes to the registry's own origin only");
      }
      const authorize = async (): Promise<string | undefined> => {
        const value = await headerOrAbort(authorizer, exchange);
        if (value === undefined) request.headers.delete("Authorization");
        else request.headers.set("Authorization", value);
        return value;
      };
      const used = await authorize();
      const response = await next(request);
      if (response.status !== 401) return response;
      // The body is read first, since an error must not leave a connection with unread bytes.
      const body = await drain(response);
      if (!authorizer.renew(used, response.headers.get("WWW-Authenticate"))) {
        throw refused(response, body, exchange, endpoint);
      }
      await authorize();
      const second = await next(request);
      if (second.status !== 401) return second;
      throw refused(second, await drain(second), exchange, endpoint);
    },
  };
}

async function headerOrAbort(
  authorizer: Authorizer,
  exchange: Exchange,
): Promise<string | undefined> {
  try {
    return await authorizer.header(exchange.scopes ?? [], exchange.signal);
  } catch (error) {
    if (exchange.signal.aborted && !isAcrError(error)) throw aborted(exchange.signal);
    throw error;
  }
}

function refused(
  response: PipelineResponse,
  body: Uint8Array,
  exchange: Exchange,
  endpoint: RegistryEndpoint,
): RegistryError {
  const header = response.headers.get("WWW-Authenticate");
  const diagnostics = readDiagnostics({ body });
  const challenge = findChallenge(header, "bearer");
  const lacking = challenge?.parameters.get("error") === "insufficient_scope";
  const foreign = challenge && foreignRealm(challenge, endpoint.origin);
  const verdict = lacking
    ? "the identity lacks the permission (401, insufficient_scope)"
    : "the registry does not accept the credential (401)";
  const suspicion =
    foreign === undefined
      ? ""
      : `. Its challenge points to another place (${printable(foreign, 255)}), which was not asked`;
  const correlationId = response.headers.get("x-ms-correlation-request-id");
  return new RegistryError(
    lacking ? "DENIED" : "UNAUTHORIZED",
    `${exchange.operation}: ${verdict}. ${accessHint(exchange.scopes ?? [])}${suspicion}`,
    {
      method: exchange.method,
      url: locationOf(exchange.url),
      status: 401,
      diagnostics,
      ...(correlationId === undefined ? {} : { correlationId: printable(correlationId, 100) }),
    },
  );
}
