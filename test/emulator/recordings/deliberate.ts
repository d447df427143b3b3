import type { Difference } from "./compare.js";

/** A deliberate difference and its reason. */
export interface Deliberate {
  readonly reason: string;
  readonly covers: (difference: Difference) => boolean;
}

export const deliberate: readonly Deliberate[] = [
  {
    reason:
      "Headers that tell how the service moved an upload inside its storage. They are in two of the five recorded blob " +
      "reads (#28, #42), of the same kind of blob as in the other three, and say nothing to a client.",
    covers: ({ what, actual }) =>
      /^x-ms-(?:copy-|meta-acr_to_delete)/.test(what) && actual === undefined,
  },
  {
    reason:
      "The service ends a connection after some hundred requests; the recording client took that answer's `Connection: " +
      "close` away. The emulator keeps connections.",
    covers: ({ what, recorded, actual }) =>
      what === "connection" && recorded === undefined && actual === "keep-alive",
  },
];
