import type { OutgoingHttpHeaders } from "node:http";

import { type Answer, jsonAnswer } from "../http/answer.js";
import type { Call } from "./call.js";

/** What a Go server buffers before it gives up on Content-Length. */
const buffered = 2048;

/** A list; large ones come in chunks, without Content-Length (js SDK recordings). */
export function listAnswer(call: Call, value: object, headers: OutgoingHttpHeaders): Answer {
  const { chunkedListings } = call.service.settings;
  const answer = jsonAnswer(200, value, headers);
  const length = Buffer.isBuffer(answer.body) ? answer.body.length : 0;
  const limit = { large: buffered, always: 0, never: Infinity }[chunkedListings];
  return length > limit ? { ...answer, chunked: true } : answer;
}
