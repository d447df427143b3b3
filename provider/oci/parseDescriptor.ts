import { ProtocolError } from "../errors.js";
import type { Annotations, Descriptor, Platform } from "./descriptor.js";
import { isDigest } from "./digest.js";

/**
 * Parses a descriptor from an untrusted source (image-spec, descriptor.md). The digest is validated,
 * because it may become part of a URL or a path; unknown members are dropped. `property` is the path for
 * the error.
 */
export function parseDescriptor(value: unknown, property: string): Descriptor {
  if (!isObject(value)) throw new ProtocolError(`the manifest's ${property} is not an object`);
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = value;
  if (typeof mediaType !== "string" || mediaType === "") throw malformed(property, "mediaType");
  if (!isDigest(digest)) throw malformed(property, "digest");
  if (!Number.isSafeInteger(size) || Number(size) < 0) throw malformed(property, "size");
  return {
    mediaType,
    digest,
    size: Number(size),
    ...(isStrings(urls) ? { urls } : {}),
    ...(isObject(annotations)
      ? { annotations: parseAnnotations(annotations, `${property}.annotations`) }
      : {}),
    ...(typeof data === "string" ? { data } : {}),
    ...(isPlatform(platform) ? { platform } : {}),
    ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}),
  };
}

/** Parses annotations, which must be a map of strings (image-spec, annotations.md, "Rules"). */
export function parseAnnotations(value: unknown, property: string): Annotations {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw new ProtocolError(`the manifest's ${property} is not an object of strings`);
  }
  return value as Annotations;
}

function malformed(property: string, member: string): ProtocolError {
  return new ProtocolError(`the manifest's ${property}.${member} is missing or malformed`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isPlatform(value: unknown): value is Platform {
  return (
    isObject(value) && typeof value["os"] === "string" && typeof value["architecture"] === "string"
  );
}
