import { type Answer, Refusal, errorAnswer, textAnswer, throttledAnswer } from "../http/answer.js";
import { pageHeaders, registryHeaders } from "../http/headers.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { Verdict } from "../tokens/authorization.js";
import { challengeDetail, formatChallenge } from "../wire/challenge.js";
import { authorizationMessage } from "../wire/errorBody.js";
import type { Access } from "../wire/scope.js";
import type { Call, Service } from "./call.js";
import { Router, type RouteMatch } from "./router.js";
import { routes } from "./table.js";
import { digestInvalid, malformedDigest } from "./unknown.js";

const plainText = "text/plain; charset=utf-8";

/**
 * Handles requests to the registry in this order: route, token, scope, handler; handlers check locks
 * before existence.
 */
export class RegistryService {
  private readonly router: Router;

  constructor(
    private readonly service: Service,
    private readonly address: () => { readonly authority: string; readonly origin: string },
  ) {
    const { referrersApi } = service.settings;
    this.router = new Router(
      referrersApi ? routes : routes.filter(({ path }) => !path.includes("/referrers/")),
    );
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    const { throttling } = this.service;
    const wait = throttling.ofRegistry(request.method, request.path);
    if (wait !== undefined) return throttledAnswer(wait, registryHeaders());
    const path = decodePath(request.path);
    if (path === undefined) return withHeaders(textAnswer(400, plainText, "400 Bad Request"), {});
    const found = this.router.find(request.method, path);
    if (found === undefined) return this.noRoute(request.method, path);
    if ("allow" in found) return methodNotAllowed(found.allow);
    const call = this.callOf(request, found);
    const { access } = found.route;
    if (access !== undefined) {
      const wanted = access(call);
      const { refused, subject } = await this.service.authorizer.judge(
        request.headers.authorization,
        wanted,
      );
      const ownWait =
        subject === undefined
          ? undefined
          : throttling.ofIdentity(subject, request.method, request.path);
      if (ownWait !== undefined) return throttledAnswer(ownWait, registryHeaders());
      if (refused !== undefined) return challenge(call, wanted, refused);
    }
    const answer = await handlerAnswer(call, found);
    return withHeaders(answer, found.route.headers(call, answer.status));
  }

  /** The answer to an unknown path comes before any check of a token (go SDK …_fail; C11 #10, #18). */
  private noRoute(method: string, path: string): Answer {
    if (!/^\/(?:v2|acr|oauth2)(?:\/|$)/.test(path)) {
      return textAnswer(404, "application/octet-stream", "Not found");
    }
    const { malformedManifestDigest } = this.service.settings;
    const isManifestPut = method === "PUT" && /^\/v2\/.+\/manifests\/[^/]*:[^/]*$/.test(path);
    if (isManifestPut && malformedManifestDigest === "invalid") {
      return withHeaders(digestInvalid(malformedDigest), registryHeaders());
    }
    return withHeaders(textAnswer(404, plainText, "404 page not found\n"), pageHeaders());
  }

  private callOf(request: ReceivedRequest, match: RouteMatch): Call {
    const { authority, origin } = this.address();
    // If a client addresses the registry by another name (localhost), challenges use that name.
    const sent = request.headers.host ?? "";
    const host = /^[\w.:[\]-]+$/.test(sent) ? sent : authority;
    return {
      request,
      service: this.service,
      host,
      origin: origin.replace(authority, host),
      query: new URLSearchParams(request.query),
      name: match.name,
      reference: match.reference,
    };
  }
}

async function handlerAnswer(call: Call, { route }: RouteMatch): Promise<Answer> {
  try {
    return await route.handler(call);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

/** 401, whether credentials are missing, wrong or insufficient; never 403 (go SDK, CancelUpload). */
function challenge(
  call: Call,
  access: readonly Access[],
  refused: NonNullable<Verdict["refused"]>,
): Answer {
  const error = refused === "no credentials" ? undefined : refused;
  const answer = errorAnswer(401, {
    code: "UNAUTHORIZED",
    message: authorizationMessage,
    detail: challengeDetail(access),
  });
  const value = formatChallenge({ origin: call.origin, service: call.host, access, error });
  return withHeaders(answer, { ...registryHeaders(), "WWW-Authenticate": value });
}

function methodNotAllowed(allow: readonly string[]): Answer {
  const headers = { ...pageHeaders(), Allow: [...new Set(allow)].join(", ") };
  return withHeaders(textAnswer(405, plainText, "Method Not Allowed\n"), headers);
}

function withHeaders(answer: Answer, headers: Answer["headers"]): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
