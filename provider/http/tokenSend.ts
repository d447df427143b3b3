import type { AuthSend } from "../auth/authSend.js";
import { type Sender, send } from "./send.js";

/** Tokens are small; anything larger is not one. */
const TOKEN_LIMIT = 64 * 1024;

/**
 * Sends requests for tokens through the same pipeline to the same origin, but without scopes, so that
 * they never wait for a token themselves. All of them may be repeated safely.
 */
export function tokenSend(sender: () => Sender): AuthSend {
  return async (request) => {
    const { method, path, operation, authorization, form, expect } = request;
    const response = await send(sender(), {
      method,
      path,
      operation,
      expect,
      repeatable: true,
      // The request that needs the token decides whether to wait.
      waitForAccess: false,
      headers: {
        Accept: "application/json",
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(form === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { body: Buffer.from(form.toString()) }),
    });
    const text = Buffer.from(await response.bytes(TOKEN_LIMIT)).toString("utf8");
    return { status: response.status, header: (name) => response.header(name), text };
  };
}
