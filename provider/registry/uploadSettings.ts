import { InputError } from "../errors.js";

const MIB = 1024 * 1024;

/** How blobs are uploaded. */
export interface UploadSettings {
  /** Bytes per request; `undefined`: whatever suits the registry. */
  readonly chunkSize: number | undefined;
  /** Bytes per request towards ACR. */
  readonly acrChunkSize: number;
  /** Most attempts in a row that get no further. */
  readonly attempts: number;
  /** Waits after this many failures. */
  readonly pause: (failures: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** 16 MiB: a quarter of the round trips of the SDKs' 4 MiB, and less than the 20 MB that ACR refused. */
const ACR_CHUNK_SIZE = 16 * MIB;
const ATTEMPTS = 5;

export function uploadSettings(
  given: Partial<UploadSettings> & Pick<UploadSettings, "pause">,
): UploadSettings {
  const { chunkSize } = given;
  if (chunkSize !== undefined && (!Number.isSafeInteger(chunkSize) || chunkSize < 1)) {
    throw new InputError("chunkSize", `a chunk must be a whole number of bytes, not ${chunkSize}`);
  }
  return {
    chunkSize,
    acrChunkSize: given.acrChunkSize ?? ACR_CHUNK_SIZE,
    attempts: given.attempts ?? ATTEMPTS,
    pause: given.pause,
  };
}
