import { DIGEST, type Row } from "./row.js";

const R = { repository: "prod/web" };
const from = (source: unknown, more: Row[0] = {}): Row[0] => ({ ...R, ...more, source });
const FROM = { repository: "dev/web", digest: DIGEST };
const OTHER = { loginServer: "upstream.azurecr.io", credential: "anonymous" };

export const ARTIFACT_COPY_ROWS: Record<string, Row> = {
  "no source": [R, { source: /it is required: expected an object/ }],
  "a source that is a text": [
    from("dev/web"),
    { source: /expected an object, but got "dev\/web"/ },
  ],
  "neither digest nor tag": [
    from({ repository: "dev/web" }),
    { source: /exactly one of `digest`, `tag`: none is given/ },
  ],
  "digest and tag": [
    from({ ...FROM, tag: "v1" }),
    { source: /exactly one of `digest`, `tag`: digest and tag are given/ },
  ],
  "a misspelt digest": [
    from({ repository: "dev/web", digset: DIGEST }),
    { "source.digset": /did you mean "digest"\?/ },
  ],
  "a tag as the digest": [
    from({ repository: "dev/web", digest: "latest" }),
    { "source.digest": /"latest" is not a digest/ },
  ],
  "a digest as the tag": [
    from({ repository: "dev/web", tag: DIGEST }),
    { "source.tag": /is not a tag: expected up to 128/ },
  ],
  "an empty tag": [from({ repository: "dev/web", tag: "" }), { "source.tag": /"" is not a tag/ }],
  "a malformed source repository": [
    from({ ...FROM, repository: "Dev" }),
    { "source.repository": /"Dev" is not a repository name/ },
  ],
  "a reference as the source repository": [
    from({ ...FROM, repository: "upstream.azurecr.io/dev/web", registry: OTHER }),
    { "source.repository": /begins with the registry's login server: give the repository alone/ },
  ],
  "a reference as the repository": [
    from(FROM, { repository: "upstream.azurecr.io/web", registry: OTHER }),
    { repository: /begins with the registry's login server: give the repository alone/ },
  ],
  "its own source": [
    from({ ...FROM, repository: "prod/web" }),
    { "source.repository": /the source is the target repository itself/ },
  ],
  "a misspelt setting of the source's registry": [
    from({ ...FROM, registry: { loginServr: "upstream.azurecr.io" } }),
    { "source.registry.loginServr": /did you mean "loginServer"\?/ },
  ],
  "annotations, which would be another artifact": [
    from(FROM, { annotations: {} }),
    { annotations: /there is no property "annotations" here/ },
  ],
  "a flag that is a text": [
    from(FROM, { referrers: "yes" }),
    { referrers: /expected true or false, but got "yes"/ },
  ],
  "a tag twice": [
    from(FROM, { tags: ["v1", "v1"] }),
    { "tags[1]": /"v1" is given twice: tags\[0\] is the same/ },
  ],
};
