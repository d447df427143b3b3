import type { PushObserver } from "../../artifact/push.js";
import type { Blob } from "../../oci/blob.js";
import type { EngineLog } from "../engineLog.js";

/** Logs that are not a terminal print every message, so there are few. */
const REPORT_INTERVAL_MS = 10_000;
const MIB = 1024 * 1024;

/** Says in the resource's row how far a long upload has come. */
export function uploadReport(
  log: EngineLog,
  blobs: readonly Blob[],
  now: () => number = Date.now,
): PushObserver {
  const total = blobs.reduce((sum, blob) => sum + blob.descriptor.size, 0);
  const sent = new Map<string, number>();
  let reported = now();
  return {
    progress: (blob, sentBytes) => {
      sent.set(blob.descriptor.digest, sentBytes);
      if (now() - reported < REPORT_INTERVAL_MS) return;
      reported = now();
      const bytes = [...sent.values()].reduce((sum, one) => sum + one, 0);
      log.status(`uploading: ${Math.round(bytes / MIB)} of ${Math.round(total / MIB)} MiB`);
    },
  };
}
