import { Readable } from "node:stream";
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { sign } from "./unsignedToken.js";

/** Requests to Entra, a managed-identity endpoint and an ACR behind one HTTP client. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

type Answer = Partial<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}>;

/**
 * Plays every host that a sign-in speaks to, in place of the network. `answer` may take over any
 * request; what it leaves is answered as it would be after all went well.
 */
export class ScriptedEntra implements HttpClient {
  readonly asked: Asked[] = [];
  readonly #answer: (asked: Asked) => Answer | undefined;

  constructor(answer: (asked: Asked) => Answer | undefined = () => undefined) {
    this.#answer = answer;
  }

  sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const { body } = request;
    const text =
      typeof body === "string"
        ? body
        : body instanceof Uint8Array
          ? Buffer.from(body).toString()
          : "";
    const asked: Asked = {
      method: request.method,
      url: new URL(request.url),
      form: new URLSearchParams(text),
      headers: Object.fromEntries(request.headers),
    };
    this.asked.push(asked);
    const { status = 200, headers = {}, body: said = {} } = this.#answer(asked) ?? ordinary(asked);
    const content = typeof said === "string" ? said : JSON.stringify(said);
    return Promise.resolve({
      request,
      status,
      headers: createHttpHeaders({ "content-type": "application/json", ...headers }),
      // Our own requests stream their answers, those of @azure/identity do not.
      ...(request.streamResponseStatusCodes === undefined
        ? { bodyAsText: content }
        : { readableStreamBody: Readable.from([Buffer.from(content)], { objectMode: false }) }),
    });
  }

  /** The requests for Entra tokens. */
  get tokenRequests(): readonly Asked[] {
    return this.asked.filter(
      ({ method, url }) => method === "POST" && url.pathname.endsWith("/oauth2/v2.0/token"),
    );
  }
}

function ordinary({ url, form }: Asked): Answer {
  const { pathname, origin } = url;
  if (pathname.endsWith("/.well-known/openid-configuration"))
    return { body: discovery(origin, pathname) };
  if (pathname.endsWith("/oauth2/v2.0/token")) {
    const audience = (form.get("scope") ?? "").split("/.default")[0];
    return {
      body: { token_type: "Bearer", expires_in: 3600, access_token: sign({ aud: audience }) },
    };
  }
  if (pathname === "/oauth2/exchange") return { body: { refresh_token: sign({ refresh: true }) } };
  if (pathname === "/oauth2/token") return { body: { access_token: sign({ access: true }) } };
  return { body: { repositories: [] } };
}

function discovery(origin: string, pathname: string): object {
  const tenant = pathname.split("/")[1] ?? "";
  return {
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    issuer: `${origin}/${tenant}/v2.0`,
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
  };
}
