import { type Answer, errorAnswer, jsonAnswer } from "../http/answer.js";
import { type Identity, anonymous, grant } from "../tokens/identity.js";
import { authorizationMessage } from "../wire/errorBody.js";
import { parseScopes } from "../wire/scope.js";
import type { Call, Handler } from "./call.js";

const largestForm = 1024 * 1024;

/**
 * First step: exchanges an Entra token for a refresh token (2021-07-01 specification,
 * `/oauth2/exchange`).
 */
export const exchange: Handler = async (call) => {
  const form = await readForm(call);
  if (form === undefined) return badRequest("the form is too large");
  const identity = await exchanged(call, form);
  if (identity === undefined) return tokenRefused(call);
  return tokenAnswer({
    refresh_token: await call.service.tokens.refreshToken(identity, call.host),
  });
};

async function exchanged(call: Call, form: URLSearchParams): Promise<Identity | undefined> {
  const { entra, tokens } = call.service;
  const refreshToken = form.get("refresh_token") ?? "";
  switch (form.get("grant_type")) {
    case "access_token":
      return entra.readToken(form.get("access_token") ?? "");
    // Deprecated, but in the specification.
    case "access_token_refresh_token":
      return (
        (await entra.readToken(form.get("access_token") ?? "")) ??
        (await tokens.readRefreshToken(refreshToken))
      );
    case "refresh_token":
      return tokens.readRefreshToken(refreshToken);
    default:
      return undefined;
  }
}

/**
 * Second step: exchanges a refresh token, a user name and password, or nothing for an access token.
 * Scopes are never refused here: the token lacks what the identity may not do, and the API call is
 * refused.
 */
export const tokenByForm: Handler = async (call) => {
  const form = await readForm(call);
  if (form === undefined) return badRequest("the form is too large");
  const scopes = form.getAll("scope");
  switch (form.get("grant_type")) {
    case "refresh_token": {
      const identity = await call.service.tokens.readRefreshToken(form.get("refresh_token") ?? "");
      return identity === undefined ? tokenRefused(call) : accessToken(call, identity, scopes);
    }
    case "password": {
      const identity = await byPassword(call, form);
      return identity === undefined ? credentialsRefused() : accessToken(call, identity, scopes);
    }
    default:
      return badRequest("grant_type must be refresh_token or password");
  }
};

/** Anonymous clients use the password grant without a user (js, go and python SDK, anonymous access). */
async function byPassword(call: Call, form: URLSearchParams): Promise<Identity | undefined> {
  const username = form.get("username") ?? "";
  if (username !== "") return call.service.authorizer.signIn(username, form.get("password") ?? "");
  return call.service.settings.anonymousPull ? anonymous : undefined;
}

/** GET with Basic authentication, as docker, oras and others use it (C11, 123 times). */
export const tokenByBasic: Handler = async (call) => {
  const { authorizer, settings } = call.service;
  const header = call.request.headers.authorization;
  const scopes = call.query.getAll("scope");
  if (header === undefined && settings.anonymousPull) return accessToken(call, anonymous, scopes);
  const identity = await authorizer.identify(header);
  return identity === undefined ? credentialsRefused() : accessToken(call, identity, scopes);
};

async function accessToken(
  call: Call,
  identity: Identity,
  scopes: readonly string[],
): Promise<Answer> {
  const granted = grant(identity, parseScopes(scopes));
  return tokenAnswer({
    access_token: await call.service.tokens.accessToken(identity, call.host, granted),
  });
}

/** JSON in chunks, with the rate counter of the token endpoints (C11 #1). */
function tokenAnswer(tokens: object): Answer {
  const headers = { "X-Ms-Ratelimit-Remaining-Calls-Per-Second": "166.650000" };
  return { ...jsonAnswer(200, tokens, headers), chunked: true };
}

async function readForm(call: Call): Promise<URLSearchParams | undefined> {
  const bytes = await call.request.body.upTo(largestForm);
  return bytes === undefined ? undefined : new URLSearchParams(bytes.toString("utf8"));
}

/** Answers a bad token with 401 and an empty body (go SDK, …_fail); a JSON body has also been seen. */
function tokenRefused(call: Call): Answer {
  return call.service.settings.tokenErrorBody ? credentialsRefused() : { status: 401, headers: {} };
}

function credentialsRefused(): Answer {
  return errorAnswer(401, { code: "UNAUTHORIZED", message: authorizationMessage });
}

function badRequest(message: string): Answer {
  return errorAnswer(400, { code: "BAD_REQUEST", message });
}
