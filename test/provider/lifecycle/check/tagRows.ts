import { DIGEST, type Row } from "./row.js";

const TAG = { repository: "charts/web", tag: "stable", digest: DIGEST };

export const ARTIFACT_TAG_ROWS: Record<string, Row> = {
  nothing: [
    {},
    {
      repository: /it is required/,
      tag: /it is required/,
      digest: /it is required/,
    },
  ],
  "a malformed repository": [
    { ...TAG, repository: "Charts" },
    { repository: /"Charts" is not a repository name/ },
  ],
  "a malformed tag": [{ ...TAG, tag: "a b" }, { tag: /"a b" is not a tag/ }],
  "a tag as the digest": [{ ...TAG, digest: "latest" }, { digest: /"latest" is not a digest/ }],
  "the setting of an artifact": [
    { ...TAG, onTagConflict: "move" },
    { onTagConflict: /there is no property "onTagConflict" here/ },
  ],
  "a policy that there is not": [
    { ...TAG, onConflict: "force" },
    { onConflict: /expected "fail", "adopt" or "move", but got "force"/ },
  ],
  "a malformed login server": [
    { ...TAG, registry: { loginServer: "http://example.com" } },
    { "registry.loginServer": /plain http/ },
  ],
};
