import {
  type Answer,
  ConnectionCut,
  Refusal,
  empty,
  errorAnswer,
  textAnswer,
} from "../http/answer.js";
import type { ArrivedContent } from "../state/registryState.js";
import type { FoundSession, UploadSession } from "../state/uploadSessions.js";
import { parseDigest } from "../wire/digest.js";
import { isRepositoryName } from "../wire/names.js";
import { heldRange, parseContentRange } from "../wire/range.js";
import type { Call, Handler } from "./call.js";
import { digestInvalid, malformedDigest } from "./unknown.js";

/** POST: mounts a blob, stores a whole blob, or opens an upload session. */
export const startUpload: Handler = async (call) => {
  const { uploads, state } = call.service;
  const mount = mountIn(call);
  if (mount !== undefined && state.blobs.has(mount.from, mount.digest)) {
    state.blobs.add(call.name, mount.digest);
    return created(call.name, mount.digest);
  }
  const digest = call.query.get("digest");
  // A mount without `from`, or of a missing blob, opens an upload session (C11 #40).
  if (digest === null || call.query.has("mount")) {
    return held(call, uploads.start(call.name), 202);
  }
  if (parseDigest(digest) === undefined) return digestInvalid(malformedDigest);
  refuseFraming(call);
  const session = uploads.start(call.name);
  return whileBusy(call, session, () => finishWith(call, session, digest));
};

/**
 * The blob that a POST asks to mount. A `from` that is not a repository name is ignored (as in OCI
 * distribution's reference server).
 */
export function mountIn({ query }: Call): { digest: string; from: string } | undefined {
  const [digest, from] = [query.get("mount"), query.get("from")];
  return digest !== null && from !== null && isRepositoryName(from) ? { digest, from } : undefined;
}

/** PATCH: appends one chunk. */
export const appendChunk: Handler = async (call) => {
  const session = await newestSession(call);
  const misplaced = checkContentRange(call, session);
  if (misplaced !== undefined) return misplaced;
  refuseFraming(call);
  await whileBusy(call, session, () => append(call, session));
  return held(call, session, 202);
};

/** PUT: finishes the upload, with or without the last bytes. */
export const finishUpload: Handler = async (call) => {
  const session = await newestSession(call);
  const digest = call.query.get("digest");
  if (digest === null) return digestInvalid("digest missing");
  if (parseDigest(digest) === undefined) return digestInvalid(malformedDigest);
  const misplaced = checkContentRange(call, session);
  if (misplaced !== undefined) return misplaced;
  refuseFraming(call);
  return whileBusy(call, session, () => finishWith(call, session, digest));
};

/**
 * GET: how many bytes have arrived; works with any address of the session (C11 #37 uses the first one).
 */
export const uploadStatus: Handler = async (call) => {
  const { session } = openSession(call);
  await session.settled();
  return held(call, openSession(call).session, 204);
};

/**
 * DELETE: cancels the upload, even while another request sends to it. The answer has no Content-Length
 * (go SDK, CancelUpload).
 */
export const cancelUpload: Handler = async (call) => {
  const { session } = openSession(call);
  await call.service.uploads.end(session);
  return empty(204, { "Docker-Upload-Uuid": session.id });
};

/** Appends the rest of the body and verifies the digest. After a mismatch, the session is removed. */
async function finishWith(call: Call, session: UploadSession, digest: string): Promise<Answer> {
  const { uploads, state } = call.service;
  let content: ArrivedContent | undefined;
  try {
    await append(call, session);
    content = await session.finish(digest);
  } catch (error) {
    if (session.ended) throw uploadUnknown();
    if (call.query.get("_state") === null) await uploads.end(session);
    throw error;
  }
  if (session.ended) throw uploadUnknown();
  if (content === undefined) {
    await uploads.end(session);
    return digestInvalid({ Digest: digest, Reason: {} });
  }
  state.addBlob(call.name, content);
  uploads.complete(session);
  return created(call.name, digest);
}

/** Appends the body to the session; the bytes are lost if the upload was cancelled meanwhile. */
async function append(call: Call, session: UploadSession): Promise<void> {
  await session.append(limited(call));
  if (!session.ended) return;
  await call.service.uploads.end(session);
  throw uploadUnknown();
}

/** Marks the session as busy during the work; refuses a second request at the same time. */
async function whileBusy<Result>(
  call: Call,
  session: UploadSession,
  work: () => Promise<Result>,
): Promise<Result> {
  if (session.work !== undefined) throw outOfStep(call, session);
  const result = work();
  const done = result.catch(() => undefined);
  session.work = { isArriving: () => call.request.body.isArriving, done };
  try {
    return await result;
  } finally {
    session.work = undefined;
  }
}

/** The session of an address, current or earlier. */
function openSession(call: Call): FoundSession {
  const found = call.service.uploads.find(call.name, call.reference, call.query.get("_state"));
  if (found === "unknown") throw uploadUnknown();
  if (found === "invalid") {
    const message = "blob upload invalid";
    throw new Refusal(errorAnswer(404, { code: "BLOB_UPLOAD_INVALID", message }));
  }
  return found;
}

/**
 * The session to continue. An earlier address is refused, without a body, but with the range held (C11
 * #36, a PATCH to the first address; reported for a PUT: Azure/acr#866).
 */
async function newestSession(call: Call): Promise<UploadSession> {
  await openSession(call).session.settled();
  const { session, current } = openSession(call);
  if (current) return session;
  throw outOfStep(call, session);
}

function outOfStep(call: Call, session: UploadSession): Refusal {
  const { headers, ...answer } = held(call, session, 416);
  const contentType = { "Content-Type": "application/json; charset=utf-8" };
  return new Refusal({ ...answer, headers: { ...headers, ...contentType } });
}

/**
 * `detail` is an object (Azure/azure-sdk-for-net#42293): in the reference server, it is an error written
 * as JSON.
 */
function uploadUnknown(): Refusal {
  const message = "blob upload unknown to registry";
  return new Refusal(errorAnswer(404, { code: "BLOB_UPLOAD_UNKNOWN", message, detail: {} }));
}

/** Undefined if the chunk continues the session; without Content-Range, it always does. */
function checkContentRange(call: Call, session: UploadSession): Answer | undefined {
  const header = call.request.headers["content-range"];
  if (header === undefined) return undefined;
  const range = parseContentRange(header);
  if (range === undefined)
    return rangeInvalid(header, "the Content-Range header format is invalid");
  const { start, end } = range;
  const { declaredLength } = call.request.body;
  if (declaredLength !== undefined && declaredLength !== end - start + 1) {
    const message = "provided length did not match content length";
    return errorAnswer(400, { code: "SIZE_INVALID", message });
  }
  if (start === session.offset) return undefined;
  const expected = String(session.offset);
  return rangeInvalid(header, `out of order chunk: content range should start at ${expected}`);
}

function rangeInvalid(header: string, reason: string): Answer {
  return errorAnswer(416, {
    code: "BLOB_UPLOAD_RANGE_INVALID",
    message: "blob upload range invalid",
    detail: { Range: header, Reason: reason },
  });
}

/**
 * Refuses a body without Content-Length with 400, if the option is set (reported: goharbor/harbor#23016).
 */
function refuseFraming(call: Call): void {
  if (!call.service.settings.refuseChunkedFraming || !call.request.body.chunkedFraming) return;
  const message = "Content-Length header is required";
  throw new Refusal(errorAnswer(400, { code: "CONTENT_LENGTH_INVALID", message }));
}

/** The chunks of the body; throws when they exceed the limit (reported: goharbor/harbor#23015). */
async function* limited(call: Call): AsyncGenerator<Buffer, void, undefined> {
  const { body } = call.request;
  const { chunkCutBytes, chunkSizeLimit } = call.service.settings;
  let room = chunkSizeLimit;
  let received = 0;
  if ((body.declaredLength ?? 0) > room) throw tooLarge();
  for await (const chunk of body.chunks()) {
    room -= chunk.length;
    if (room < 0) throw tooLarge();
    received += chunk.length;
    if (received > chunkCutBytes) throw new ConnectionCut();
    yield chunk;
  }
}

function tooLarge(): Refusal {
  const title = "413 Request Entity Too Large";
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>AzureContainerRegistry</center>\r\n</body>\r\n</html>\r\n`;
  return new Refusal(textAnswer(413, "text/html", page));
}

function held(call: Call, session: UploadSession, status: number): Answer {
  return empty(status, {
    "Docker-Upload-Uuid": session.id,
    Location: call.service.uploads.location(session),
    Range: heldRange(session.offset),
  });
}

function created(name: string, digest: string): Answer {
  return empty(201, {
    "Docker-Content-Digest": digest,
    Location: `/v2/${name}/blobs/${digest}`,
  });
}
