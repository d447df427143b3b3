import type { OutgoingHttpHeaders } from "node:http";

import { type Answer, jsonAnswer } from "../http/answer.js";
import type { Call } from "./call.js";

/** The size up to which a Go server buffers an answer to set Content-Length. */
const buffered = 2048;

/** A list. Large ones are sent in chunks, without Content-Length (js SDK recordings). */
export function listAnswer(call: Call, value: object, headers: OutgoingHttpHeaders): Answer {
  const { chunkedListings } = call.service.settings;
  const answer = jsonAnswer(200, value, headers);
  const length = Buffer.isBuffer(answer.body) ? answer.body.length : 0;
  const limit = { large: buffered, always: 0, never: Infinity }[chunkedListings];
  return length > limit ? { ...answer, chunked: true } : answer;
}
