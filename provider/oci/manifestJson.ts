import type { Annotations, Descriptor, Platform } from "./descriptor.js";

/** The members of an image manifest and of an index together; each has its own ones of the middle three. */
export interface ManifestMembers {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

type Member = readonly [name: string, json: string | undefined];

/**
 * The text of a manifest. Written out by hand, because `JSON.stringify` follows the order in which an
 * object was built, and puts names that look like integers first: two annotations could swap places.
 * Names of our own follow image-spec's Go structures, annotations the order of their UTF-8 bytes,
 * which is how Go sorts maps, and what Go escapes is escaped: what ORAS writes for the same content.
 */
export function manifestJson(manifest: ManifestMembers): string {
  return objectJson([
    ["schemaVersion", plain(manifest.schemaVersion)],
    ["mediaType", plain(manifest.mediaType)],
    ["artifactType", plain(manifest.artifactType)],
    ["config", manifest.config && descriptorJson(manifest.config)],
    ["layers", manifest.layers && arrayJson(manifest.layers.map(descriptorJson))],
    ["manifests", manifest.manifests && arrayJson(manifest.manifests.map(descriptorJson))],
    ["subject", manifest.subject && descriptorJson(manifest.subject)],
    ["annotations", annotationsJson(manifest.annotations)],
  ]);
}

function descriptorJson(descriptor: Descriptor): string {
  return objectJson([
    ["mediaType", plain(descriptor.mediaType)],
    ["digest", plain(descriptor.digest)],
    ["size", plain(descriptor.size)],
    ["urls", plain(descriptor.urls)],
    ["annotations", annotationsJson(descriptor.annotations)],
    ["data", plain(descriptor.data)],
    ["platform", descriptor.platform && platformJson(descriptor.platform)],
    ["artifactType", plain(descriptor.artifactType)],
  ]);
}

function platformJson(platform: Platform): string {
  return objectJson([
    ["architecture", plain(platform.architecture)],
    ["os", plain(platform.os)],
    ["os.version", plain(platform["os.version"])],
    ["os.features", plain(platform["os.features"])],
    ["variant", plain(platform.variant)],
  ]);
}

function annotationsJson(annotations: Annotations | undefined): string | undefined {
  const entries = Object.entries(annotations ?? {});
  if (entries.length === 0) return undefined;
  entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return objectJson(entries.map(([name, text]) => [name, plain(text)]));
}

function objectJson(members: readonly Member[]): string {
  const present = members.filter(([, json]) => json !== undefined);
  return `{${present.map(([name, json]) => `${plain(name)}:${json}`).join(",")}}`;
}

function arrayJson(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

function plain(value: string | number | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value).replace(ESCAPED_BY_GO, escaped);
}

/** "To avoid certain security issues" in HTML and JavaScript (Go, encoding/json, `Marshal`). */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
