import type { RequestListener } from "node:http";
import { afterEach } from "mocha";
import {
  type ClosableTransport,
  type TransportOptions,
  createTransport,
} from "../../../provider/http/createTransport.js";
import { parseLoginServer } from "../../../provider/oci/loginServer.js";
import { type LoopbackServer, loopbackServer } from "./loopbackServer.js";

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/**
 * A registry that gives a token to everybody and answers the rest as the test says, and a transport to
 * it. Both are closed after the test.
 */
export async function loopbackRegistry(
  answer: RequestListener,
  options: Partial<TransportOptions> = {},
): Promise<{ server: LoopbackServer; transport: ClosableTransport }> {
  const server = await loopbackServer((request, response) => {
    if (request.url?.startsWith("/oauth2/token") === true) {
      response.setHeader("content-type", "application/json");
      response.end('{"access_token":"TOKEN-CANARY","expires_in":4500}');
    } else answer(request, response);
  });
  const transport = createTransport({
    endpoint: parseLoginServer(server.origin),
    credential: { kind: "token", username: "user", password: "PASSWORD-CANARY" },
    ...options,
  });
  open.push(transport, server);
  return { server, transport };
}

/** Accepts every upload. */
export const taking: RequestListener = (incoming, response) => {
  incoming.resume();
  incoming.on("end", () => response.writeHead(201).end());
  incoming.on("error", () => response.destroy());
};
