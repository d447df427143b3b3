import { memoryBlob } from "../../oci/memoryBlob.js";
import { InputError } from "../../errors.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { checkTime } from "../packAnnotations.js";
import { packPlain } from "../packBytes.js";
import { fileContent } from "../packContent.js";
import { packedLayer } from "../packLayer.js";
import { checkTitle, defaultTitle } from "../packTitle.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";
import { locateKindFile } from "./kindSource.js";
import { readWasm, type WasmInterface } from "./wasm/readWasm.js";

export interface WasmComponentInput {
  readonly file: string;
  readonly author?: string | undefined;
  /** RFC 3339. */
  readonly created?: string | undefined;
  /** The world that the component was built for. */
  readonly target?: string | undefined;
}

/** tag-runtime.cncf.io, "Wasm OCI Artifact layout". */
const CONFIG = "application/vnd.wasm.config.v0+json";
const WASM = "application/wasm";

/** The layout requires a time. This constant keeps the digest dependent on the content alone. */
const NO_TIME = "1970-01-01T00:00:00Z";

/** A WebAssembly module or component in the layout of the CNCF. */
export async function packWasmComponent(
  input: WasmComponentInput,
  context: ContentContext,
): Promise<PackedContent> {
  const { property, signal, subject } = context;
  const { created = NO_TIME } = input;
  checkTime(created, `${property}.created`);
  const file = await locateKindFile(input.file, context, "file");
  const component = await readWasm(file);
  if (component === undefined && input.target !== undefined) {
    throw new InputError(
      `${property}.target`,
      `${input.file} is a core module: only a component has a target world`,
    );
  }
  const bytes = await packPlain(fileContent(file), { signal });
  const title = checkTitle(defaultTitle(input.file, property), property);
  const config = configJson({ ...input, created }, component, bytes.digest);
  const annotations = allAnnotations({}, context);
  const packed = assembleArtifact({
    config: memoryBlob(Buffer.from(config), { mediaType: CONFIG }),
    layers: [packedLayer({ mediaType: WASM, title }, bytes)],
    subject,
    annotations,
  });
  return { ...packed, annotations };
}

/**
 * The config, with its members in the order of bytecodealliance/rust-oci-wasm (src/config.rs); absent
 * ones are `null`.
 */
function configJson(
  { author, created, target }: Omit<WasmComponentInput, "file">,
  component: WasmInterface | undefined,
  layerDigest: string,
): string {
  return JSON.stringify({
    created,
    author: author ?? null,
    architecture: "wasm",
    os: component === undefined ? "wasip1" : "wasip2",
    layerDigests: [layerDigest],
    component: component === undefined ? null : { ...component, target: target ?? null },
  });
}
