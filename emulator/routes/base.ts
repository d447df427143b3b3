import type { Handler } from "./call.js";

/** `GET /v2/`: the one JSON body without a newline, length 2 (go SDK, CheckDockerV2Support). */
export const apiVersion: Handler = () => ({
  status: 200,
  headers: { "Content-Type": "application/json; charset=utf-8" },
  body: Buffer.from("{}"),
});
