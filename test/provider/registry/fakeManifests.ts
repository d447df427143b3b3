import { digestOf } from "../../../provider/oci/digest.js";
import { encodeManifest } from "../../../provider/oci/manifest.js";
import { OCI_INDEX } from "../../../provider/oci/mediaTypes.js";
import { parseRepositoryName, parseTag } from "../../../provider/oci/reference.js";
import { RemoteManifests } from "../../../provider/registry/remoteManifests.js";
import { type LookBack, ReferrersIndex } from "../../../provider/registry/referrersIndex.js";
import { ACR, FakeTransport, refusal, type Reply } from "./fakeTransport.js";

/** Looks back without waiting: no time passes. */
export const AT_ONCE: LookBack = {
  now: () => 0,
  random: () => 0,
  pause: () => Promise.resolve(),
};

export const TAG = parseTag("v1");
export const INDEX = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
export const { bytes: BYTES, descriptor: DESCRIPTOR } = INDEX;
export const FOREIGN = digestOf("other");
export const HEADERS = {
  ...ACR,
  "content-type": OCI_INDEX,
  "content-length": String(DESCRIPTOR.size),
  "docker-content-digest": DESCRIPTOR.digest,
};
export const UNKNOWN = refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");

export function manifests(...replies: readonly (Reply | Error)[]) {
  const transport = FakeTransport.script(...replies);
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  return {
    transport,
    manifests: new RemoteManifests(context, new ReferrersIndex(context, AT_ONCE)),
  };
}

export const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(HEADERS).filter(([key]) => key !== name));
