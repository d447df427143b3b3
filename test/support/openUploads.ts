import { type UploadSession, UploadSessions } from "../../emulator/state/uploadSessions.js";

/**
 * Uploads at any emulator of this process that were neither finished nor cancelled. Closing an
 * emulator ends its uploads, but they still count as left open.
 */
const sessions = new Set<UploadSession>();

/** Starts to record the uploads of emulators. */
export function watchUploads(): void {
  const { start, end, complete, close } = UploadSessions.prototype;
  UploadSessions.prototype.start = function (repository) {
    const session = start.call(this, repository);
    sessions.add(session);
    return session;
  };
  UploadSessions.prototype.end = function (session) {
    sessions.delete(session);
    return end.call(this, session);
  };
  UploadSessions.prototype.complete = function (session) {
    sessions.delete(session);
    complete.call(this, session);
  };
  UploadSessions.prototype.close = function () {
    const left = [...sessions];
    // Closing starts to end the uploads one by one.
    const closed = close.call(this);
    for (const session of left) sessions.add(session);
    return closed;
  };
}

export function openUploads(): string[] {
  return [...sessions].map(({ repository, id }) => `upload ${id} to ${repository}`);
}

/** For uploads that a test checks itself or that nobody can end, as their address was lost. */
export function forgetUploads(): void {
  sessions.clear();
}
