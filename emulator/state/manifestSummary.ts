import { readFile } from "node:fs/promises";

import { isImageConfigType } from "../wire/mediaTypes.js";
import { type Descriptor, type ManifestDocument, parseObject } from "./manifestDocument.js";
import type { ManifestSummary } from "./records.js";
import type { RegistryState } from "./registryState.js";

/**
 * Digests that the manifest refers to and the repository lacks, each once, in the order of the manifest.
 */
export function missingContent(
  state: RegistryState,
  repository: string,
  document: ManifestDocument,
): string[] {
  const blobs = [document.config, ...document.layers]
    .filter((one): one is Descriptor => one !== undefined && !one.foreign)
    .map(({ digest }) => digest)
    .filter((digest) => !state.blobs.has(repository, digest));
  const manifests = state.repositories.get(repository)?.manifests;
  const children = (document.children ?? [])
    .map(({ digest }) => digest)
    .filter((digest) => manifests?.has(digest) !== true);
  return [...new Set([...blobs, ...children])];
}

/** Collects the data for the manifest's properties and its entry as a referrer. */
export async function summarize(
  state: RegistryState,
  repository: string,
  document: ManifestDocument,
  stored: { readonly digest: string; readonly mediaType: string; readonly size: number },
): Promise<ManifestSummary> {
  const shared = {
    ...stored,
    subject: document.subject,
    // OCI distribution-spec 1.1, "Listing Referrers": the config's media type where there is no artifactType.
    artifactType: document.artifactType ?? document.config?.mediaType,
    annotations: document.annotations,
  };
  if (document.children !== undefined) {
    const manifests = state.repositories.get(repository)?.manifests;
    const sizes = document.children.map(({ digest }) => manifests?.get(digest)?.imageSize ?? 0);
    return { ...shared, imageSize: sum(sizes), references: references(document.children) };
  }
  return {
    ...shared,
    // An image without layers has size 0 (recorded: go SDK), so the config does not count.
    imageSize: sum(document.layers.map(({ size }) => size)),
    configMediaType: document.config?.mediaType,
    ...(await platformOf(state, document.config)),
  };
}

function references(children: readonly Descriptor[]): ManifestSummary["references"] {
  return children.map(({ digest, architecture, os }) => ({ digest, architecture, os }));
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

const largestConfig = 4 * 1024 * 1024;

/** Architecture and operating system from an image's config; other artifacts have none. */
async function platformOf(
  state: RegistryState,
  config: Descriptor | undefined,
): Promise<{ architecture?: string | undefined; os?: string | undefined }> {
  if (config === undefined || !isImageConfigType(config.mediaType ?? "")) return {};
  const size = state.blobContent.size(config.digest);
  if (size === undefined || size > largestConfig) return {};
  const document = parseObject(await readFile(state.blobContent.path(config.digest)));
  const read = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  return { architecture: read(document?.["architecture"]), os: read(document?.["os"]) };
}
