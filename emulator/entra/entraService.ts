import { randomBytes } from "node:crypto";

import { type Answer, Refusal, textAnswer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { EmulatedEntra } from "../tokens/entra.js";
import { clientCredentials } from "./clientCredentials.js";
import { entraJson } from "./entraError.js";
import type { EntraOptions } from "./entraOptions.js";
import { fromAppService, fromInstanceMetadata } from "./managedIdentity.js";

const largestForm = 1024 * 1024;

const instanceMetadataPath = "/metadata/identity/oauth2/token";
export const appServicePath = "/msi/token";

/**
 * Microsoft Entra ID as credential classes use it: discovery, the token endpoint, and the endpoints of
 * managed identities.
 */
export class EntraService {
  /** The required value of `IDENTITY_HEADER`. */
  readonly identityHeader = randomBytes(16).toString("hex");

  constructor(
    private readonly entra: EmulatedEntra,
    private readonly options: EntraOptions,
    private readonly origin: () => string,
  ) {}

  async answer(request: ReceivedRequest): Promise<Answer> {
    try {
      return await this.route(request);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  private async route(request: ReceivedRequest): Promise<Answer> {
    const { method, path } = request;
    const [, tenant = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
    // MSAL for JavaScript adds a slash at the end.
    if (path.replace(/\/$/, "") === instanceMetadataPath) {
      return fromInstanceMetadata(this.entra, this.options, request);
    }
    if (path === appServicePath) {
      return fromAppService(this.entra, this.options, request, this.identityHeader);
    }
    if (method === "GET" && rest === "/discovery/instance") return this.instances();
    if (method === "GET" && rest === "/v2.0/.well-known/openid-configuration") {
      return this.configuration(tenant);
    }
    if (method === "GET" && rest === "/discovery/v2.0/keys") {
      return entraJson(200, { keys: [await this.entra.publicJwk()] });
    }
    if (method === "POST" && rest === "/oauth2/v2.0/token") return this.token(request, tenant);
    return textAnswer(404, "text/plain", "");
  }

  private async token({ body, path }: ReceivedRequest, tenant: string): Promise<Answer> {
    const bytes = await body.upTo(largestForm);
    if (bytes === undefined) return textAnswer(413, "text/plain", "");
    const form = new URLSearchParams(bytes.toString("utf8"));
    const endpoint = `${this.origin()}${path}`;
    return clientCredentials(this.entra, this.options, { tenant, form, endpoint });
  }

  /** Instance discovery: this host is the only authority. */
  private instances(): Answer {
    const { host } = new URL(this.origin());
    const endpoint = `${this.origin()}/${this.entra.tenantId}/v2.0/.well-known/openid-configuration`;
    return entraJson(200, {
      tenant_discovery_endpoint: endpoint,
      "api-version": "1.1",
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
  }

  private configuration(tenant: string): Answer {
    const base = `${this.origin()}/${tenant}`;
    return entraJson(200, {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    });
  }
}
