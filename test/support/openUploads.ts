import { type UploadSession, UploadSessions } from "../../emulator/state/uploadSessions.js";

/**
 * Uploads that were begun at any emulator of this process and neither finished nor cancelled. An
 * emulator that is closed takes its own along; so those count for as long as nobody has asked.
 */
const sessions = new Set<UploadSession>();

/** Lets the emulators tell of their uploads. */
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
    // They are ended one by one as soon as it is called.
    const closed = close.call(this);
    for (const session of left) sessions.add(session);
    return closed;
  };
}

export function openUploads(): string[] {
  return [...sessions].map(({ repository, id }) => `upload ${id} to ${repository}`);
}

/** For what a test says about them itself, such as those whose address was in a lost answer: nobody can end them. */
export function forgetUploads(): void {
  sessions.clear();
}
