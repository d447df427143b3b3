import { join } from "node:path";
import { foreignTool, type ForeignToolName } from "../../tools/installed.js";
import { ARTIFACT } from "./ociLayout.js";

/** What to publish and where. */
export interface Push {
  /** URL with the scheme. */
  readonly url: string;
  readonly repository: string;
  readonly tag: string;
  readonly file: string;
  /** The same file, packed: an OCI image layout. */
  readonly layout: string;
}

export interface PushClient {
  readonly name: string;
  /** Its input: a file must be hashed first, while a layout contains the digests. */
  readonly from: "file" | "layout";
  readonly command: (push: Push) => readonly string[];
  /** Seconds of parts of the work, from what it printed. */
  readonly parts?: (output: string) => readonly PushPart[];
}

export interface PushPart {
  readonly name: string;
  readonly from: PushClient["from"];
  readonly seconds: number;
}

/** Our client first, then the installed ones. */
export function pushClients(): readonly PushClient[] {
  return [ours, ...others.flatMap(installed)];
}

const ours: PushClient = {
  name: "pulumi-acr",
  from: "file",
  command: ({ url, repository, tag, file }) => [
    process.execPath,
    join(__dirname, "pushFile.js"),
    url,
    repository,
    tag,
    file,
  ],
  parts: (output) => {
    const { packing = NaN, pushing = NaN } = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? "{}") as {
      packing?: number;
      pushing?: number;
    };
    // In a stack the provider already runs and has packed in `check` before `create` pushes.
    return [
      { name: "  in a running process", from: "file", seconds: packing + pushing },
      { name: "  and packed before", from: "layout", seconds: pushing },
    ];
  },
};

interface Other extends Pick<PushClient, "name" | "from"> {
  readonly tool: ForeignToolName;
  readonly args: (target: { host: string; image: string }, push: Push) => readonly string[];
}

const { artifactType, layers = [] } = ARTIFACT("");
const mediaType = layers[0]?.mediaType;

const others: readonly Other[] = [
  {
    name: "oras push",
    tool: "oras",
    from: "file",
    args: ({ image }, { file }) => [
      ...["push", "--plain-http", "--no-tty", "--disable-path-validation"],
      ...["--artifact-type", String(artifactType), image, `${file}:${mediaType}`],
    ],
  },
  {
    name: "regctl artifact put",
    tool: "regctl",
    from: "file",
    args: ({ host, image }, { file }) => [
      ...["--host", `reg=${host},tls=disabled`, "artifact", "put"],
      ...["--artifact-type", String(artifactType), "--file-media-type", String(mediaType)],
      ...["--file", file, image],
    ],
  },
  {
    name: "crane push",
    tool: "crane",
    from: "layout",
    args: ({ image }, { layout }) => ["push", layout, image],
  },
  {
    name: "skopeo copy",
    tool: "skopeo",
    from: "layout",
    args: ({ image }, { layout, tag }) => [
      ...["copy", "--quiet", "--dest-tls-verify=false"],
      ...[`oci:${layout}:${tag}`, `docker://${image}`],
    ],
  },
  {
    name: "regctl image copy",
    tool: "regctl",
    from: "layout",
    args: ({ host, image }, { layout, tag }) => [
      ...["--host", `reg=${host},tls=disabled`, "image", "copy"],
      ...[`ocidir://${layout}:${tag}`, image],
    ],
  },
];

function installed({ name, tool, from, args }: Other): readonly PushClient[] {
  const { path, howToGet } = foreignTool(tool);
  if (path === undefined) {
    console.error(howToGet);
    return [];
  }
  const command = (push: Push): readonly string[] => {
    const { host } = new URL(push.url);
    return [path, ...args({ host, image: `${host}/${push.repository}:${push.tag}` }, push)];
  };
  return [{ name, from, command }];
}
