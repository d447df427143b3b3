import type { Attributes } from "../registry/attributes.js";
import type { MetadataResult } from "./results.js";

/** ACR's metadata of a tag or manifest. */
export function metadataOf(properties: {
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly attributes: Attributes;
}): MetadataResult {
  const { createdTime, lastUpdateTime, attributes } = properties;
  return { createdTime, lastUpdateTime, attributes };
}
