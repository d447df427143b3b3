import { DIGEST, type Row } from "./row.js";

const CHILD = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: DIGEST, size: 7 };
const INDEX = { repository: "charts/web" };

export const OCI_INDEX_ROWS: Record<string, Row> = {
  "no manifests": [INDEX, { manifests: /it is required: expected a list/ }],
  "one manifest in place of a list": [
    { ...INDEX, manifests: CHILD },
    { manifests: /expected a list, but got an object/ },
  ],
  "a child without its size": [
    { ...INDEX, manifests: [{ ...CHILD, size: undefined }] },
    { "manifests[0].size": /it is required/ },
  ],
  "a child by its tag": [
    { ...INDEX, manifests: [CHILD, { ...CHILD, digest: "latest" }] },
    { "manifests[1].digest": /"latest" is not a digest/ },
  ],
  "a child of no media type": [
    { ...INDEX, manifests: [{ ...CHILD, mediaType: "image" }] },
    { "manifests[0].mediaType": /"image" is not a media type/ },
  ],
  "a platform without an architecture": [
    { ...INDEX, manifests: [{ ...CHILD, platform: { os: "linux" } }] },
    { "manifests[0].platform.architecture": /it is required/ },
  ],
  "a misspelt platform": [
    {
      ...INDEX,
      manifests: [{ ...CHILD, platform: { os: "linux", architecture: "a", arch: "a" } }],
    },
    { "manifests[0].platform.arch": /there is no property "arch" here/ },
  ],
  "an annotation that is no time": [
    {
      ...INDEX,
      manifests: [{ ...CHILD, annotations: { "org.opencontainers.image.created": "today" } }],
    },
    {
      'manifests[0].annotations["org.opencontainers.image.created"]':
        /"today" is not an RFC 3339 time/,
    },
  ],
  layers: [
    { ...INDEX, manifests: [], layers: [] },
    { layers: /there is no property "layers" here/ },
  ],
  "a tag that is given twice": [
    { ...INDEX, manifests: [], tags: ["v1", "v1"] },
    { "tags[1]": /"v1" is given twice/ },
  ],
  "more than registries take": [
    { ...INDEX, manifests: [{ ...CHILD, annotations: { a: "x".repeat(4 * 1024 * 1024) } }] },
    { manifests: /registries refuse more than 4194304 .*use fewer manifests/ },
  ],
};
