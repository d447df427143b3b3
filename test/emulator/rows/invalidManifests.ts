import { absent, dockerManifest, image, imageManifest, ociManifest } from "../content.js";
import { type Row, blobs, putManifest } from "./row.js";

const invalid = (says: string, detail: RegExp, body: string, contentType = ociManifest): Row => ({
  says,
  source: "OCI distribution-spec 1.1, Error Codes; texts are our choice",
  given: blobs,
  request: { ...putManifest("v1"), headers: { "content-type": contentType }, body },
  status: 400,
  body: new RegExp(`"code":"MANIFEST_INVALID".*${detail.source}`),
});

/** Bodies that are not manifests. */
export const invalidManifestRows: readonly Row[] = [
  invalid("PUT of what is not JSON", /not a JSON object/, "{"),
  invalid("PUT of another type than its Content-Type", /mediaType/, image.text, dockerManifest),
  invalid("PUT of a type that is no manifest", /unsupported/, image.text, "text/plain"),
  ...["", "sha256", "sha256:\n€", "SHA256:00"].map((digest) =>
    invalid(
      `PUT with a subject whose digest is none (${JSON.stringify(digest)})`,
      /a descriptor needs a digest and a size/,
      imageManifest({ subject: { mediaType: ociManifest, digest, size: 1 } }).text,
    ),
  ),
  ...[-1, 0.5, 1e300, "1"].map((size) =>
    invalid(
      `PUT with a subject whose size is ${JSON.stringify(size)}`,
      /a descriptor needs a digest and a size/,
      imageManifest({ subject: { mediaType: ociManifest, digest: absent, size } }).text,
    ),
  ),
  invalid("PUT of both shapes at once", /found index/, imageManifest({ manifests: [] }).text),
];
