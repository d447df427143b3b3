import type { PackedContent } from "../../artifact/kinds/contentKind.js";
import {
  type ContentArguments,
  type ContentName,
  packKind,
} from "../../artifact/kinds/packKind.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { includedOutputs } from "../published/included.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { kindNamed } from "./contentSchema.js";
import { configOf, earlierLayers } from "./packedInputs.js";

/** Nothing of the artifact is known before its content is. */
const ALL_UNKNOWN = {
  digest: UNKNOWN,
  size: UNKNOWN,
  mediaType: UNKNOWN,
  configDescriptor: UNKNOWN,
  layerDescriptors: UNKNOWN,
  annotations: UNKNOWN,
};

/**
 * The inputs that follow from content of a kind. `annotations` becomes all that the manifest has, and
 * `tags`, where none are written, what the kind says: a new version of a chart is seen in the diff.
 * Both follow from what is written and from the files alone, so that nothing written stays unchanged.
 */
export async function deriveContent(
  host: Host,
  known: unknown,
  given: PropertyBag,
): Promise<PropertyBag> {
  const { annotations, subject, tags } = given;
  const content = withStandIns(given["content"]);
  if (content === undefined) return { ...ALL_UNKNOWN, tags: tags ?? UNKNOWN };
  const packed = await packContent(host, { ...given, content }, known);
  const { manifest, layerDescriptors } = packed;
  const isAnnotated = content === given["content"];
  const isOpen = !isAnnotated || containsUnknown(annotations) || containsUnknown(subject);
  if (!isOpen) host.packed.set(manifest.descriptor.digest, packed);
  return {
    digest: isOpen ? UNKNOWN : manifest.descriptor.digest,
    size: isOpen ? UNKNOWN : manifest.descriptor.size,
    mediaType: manifest.descriptor.mediaType,
    configDescriptor: configOf(packed),
    layerDescriptors,
    ...(packed.included === undefined ? {} : { included: includedOutputs(packed) }),
    ...(packed.artifactType === undefined ? {} : { artifactType: packed.artifactType }),
    annotations: isAnnotated ? withUnknown(packed.annotations, annotations) : UNKNOWN,
    tags: tags ?? packed.defaultTags,
  };
}

/**
 * Content of which all is known but what stands in annotations alone, with something in the place of
 * that, which is never published; `undefined` if more is unknown.
 */
function withStandIns(content: unknown): unknown {
  if (!containsUnknown(content)) return content;
  if (isUnknown(content)) return undefined;
  const [[name, args] = ["", UNKNOWN]] = Object.entries(content as PropertyBag);
  const annotating = kindNamed(name)?.annotating ?? {};
  if (isUnknown(args)) return undefined;
  const entries = Object.entries(args as PropertyBag).map(([key, value]) =>
    containsUnknown(value) && Object.hasOwn(annotating, key)
      ? [key, annotating[key]]
      : [key, value],
  );
  const known = Object.fromEntries(entries) as PropertyBag;
  return containsUnknown(known) ? undefined : { [name]: known };
}

/** Those of the manifest, with what is not known yet still so. */
function withUnknown(packed: PackedContent["annotations"], written: unknown): unknown {
  if (isUnknown(written)) return UNKNOWN;
  const open = Object.entries((written ?? {}) as PropertyBag).filter(([, text]) => isUnknown(text));
  return open.length === 0 ? packed : { ...packed, ...Object.fromEntries(open) };
}

/** Packs content of a kind; what of the rest is not known is left out. */
export function packContent(
  host: Host,
  inputs: PropertyBag,
  known: unknown,
): Promise<PackedContent> {
  const { content, annotations, subject, repository, tags } = inputs;
  const [[name, args] = []] = Object.entries(content as PropertyBag);
  const context = {
    baseDirectory: host.directory,
    annotations: knownMembers(annotations),
    subject: knownOnly(subject),
    repository: knownOnly(repository),
    tags: knownOnly(tags),
    known: earlierLayers(known),
  };
  return packKind(
    name as ContentName,
    args as ContentArguments[ContentName],
    context as Parameters<typeof packKind>[2],
  );
}

function knownOnly(value: unknown): unknown {
  return containsUnknown(value) ? undefined : value;
}

function knownMembers(annotations: unknown): unknown {
  if (isUnknown(annotations) || annotations === undefined) return undefined;
  const entries = Object.entries(annotations as PropertyBag);
  return Object.fromEntries(entries.filter(([, text]) => !isUnknown(text)));
}
