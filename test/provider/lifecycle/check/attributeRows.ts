import { DIGEST, type Row } from "./row.js";

const LOCK = { repository: "charts/web", tag: "v1" };

export const TAG_LOCK_ROWS: Record<string, Row> = {
  "no tag": [{ repository: "a" }, { tag: /it is required/ }],
  "a list of tags": [{ repository: "a", tags: ["v1"] }, { tags: /did you mean "tag"\?/ }],
  "a malformed tag": [{ ...LOCK, tag: "a b" }, { tag: /"a b" is not a tag/ }],
  "a malformed digest": [{ ...LOCK, digest: "latest" }, { digest: /"latest" is not a digest/ }],
  "a flag that is a number": [
    { ...LOCK, writeEnabled: 0 },
    { writeEnabled: /expected true or false, but got 0/ },
  ],
  "lockManifest that is a text": [
    { ...LOCK, lockManifest: "no" },
    { lockManifest: /expected true or false, but got "no"/ },
  ],
  "a malformed login server": [
    { ...LOCK, registry: { loginServer: "http://example.com" } },
    { "registry.loginServer": /plain http/ },
  ],
};

const PROPERTIES = { repository: "charts/web", digest: DIGEST };

export const MANIFEST_PROPERTIES_ROWS: Record<string, Row> = {
  "no digest": [{ repository: "a", deleteEnabled: false }, { digest: /it is required/ }],
  "a tag as the digest": [
    { ...PROPERTIES, digest: "v1", readEnabled: true },
    { digest: /"v1" is not a digest/ },
  ],
  "no attribute": [PROPERTIES, { "": /name at least one attribute to manage: deleteEnabled/ }],
  "a misspelt attribute": [
    { ...PROPERTIES, deleteEnable: false },
    { deleteEnable: /did you mean "deleteEnabled"\?/, "": /name at least one/ },
  ],
};

export const REPOSITORY_PROPERTIES_ROWS: Record<string, Row> = {
  "no repository": [{ deleteEnabled: false }, { repository: /it is required/ }],
  "a malformed repository": [
    { repository: "Team/App", deleteEnabled: false },
    { repository: /"Team\/App" is not a repository name/ },
  ],
  "no attribute": [{ repository: "a" }, { "": /name at least one attribute to manage/ }],
  "a digest": [
    { repository: "a", digest: DIGEST, writeEnabled: false },
    { digest: /there is no property "digest" here/ },
  ],
};
