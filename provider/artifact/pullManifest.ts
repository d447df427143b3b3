import { InputError, ProtocolError, RegistryError } from "../errors.js";
import type { Descriptor, Platform } from "../oci/descriptor.js";
import { parseManifest, type ParsedManifest } from "../oci/manifest.js";
import { quoted } from "../oci/printable.js";
import type { ManifestStore, OperationOptions } from "../registry/repository.js";

/** Which manifest of an index to choose; properties that are left out may have any value. */
export type PlatformChoice = Pick<Platform, "os" | "architecture"> &
  Partial<Pick<Platform, "variant" | "os.version">>;

export interface PulledManifest {
  readonly descriptor: Descriptor;
  readonly manifest: ParsedManifest;
}

/** Most levels of nested indexes. */
const MOST_LEVELS = 4;

/** Fetches the manifest that a reference names; from an index, the one for the platform. */
export async function fetchForPlatform(
  manifests: Pick<ManifestStore, "fetch">,
  reference: string,
  platform: PlatformChoice | undefined,
  options: OperationOptions,
): Promise<PulledManifest> {
  let pulled = await fetchParsed(manifests, reference, options);
  for (let level = 1; pulled.manifest.manifests.length > 0; level += 1) {
    if (level > MOST_LEVELS)
      throw new ProtocolError(`${reference}: indexes are nested ${level} deep`);
    const chosen = choose(pulled.manifest.manifests, platform, reference);
    pulled = await fetchParsed(manifests, chosen.digest, options);
    checkDescriptor(pulled.descriptor, chosen);
  }
  return pulled;
}

async function fetchParsed(
  manifests: Pick<ManifestStore, "fetch">,
  reference: string,
  options: OperationOptions,
): Promise<PulledManifest> {
  const fetched = await manifests.fetch(reference, options);
  if (fetched === undefined) throw absent(reference);
  const { descriptor, bytes } = fetched;
  return { descriptor, manifest: parseManifest(bytes, descriptor.mediaType) };
}

function choose(
  manifests: readonly Descriptor[],
  platform: PlatformChoice | undefined,
  reference: string,
): Descriptor {
  const chosen = platform && manifests.find((one) => isFor(one.platform, platform));
  if (chosen !== undefined) return chosen;
  const what =
    platform === undefined
      ? "is an index: say which"
      : `is an index without ${shown(platform)}: take another`;
  throw new InputError(
    "platform",
    `${reference} ${what} \`platform\`, or pull one by its digest: ${manifests.slice(0, 20).map(listed).join(", ")}`,
  );
}

const PLATFORM_KEYS = ["os", "architecture", "variant", "os.version"] as const;

function isFor(found: Platform | undefined, wanted: PlatformChoice): boolean {
  if (found === undefined) return false;
  return PLATFORM_KEYS.every((key) => wanted[key] === undefined || found[key] === wanted[key]);
}

function listed({ digest, platform }: Descriptor): string {
  return platform === undefined ? digest : `${shown(platform)} (${digest})`;
}

function shown({ os, architecture, variant }: PlatformChoice): string {
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  return quoted(parts.join("/"), 100);
}

/** What an index says of a manifest must match what the registry serves (CVE-2021-41190). */
function checkDescriptor(found: Descriptor, named: Descriptor): void {
  if (found.mediaType === named.mediaType && found.size === named.size) return;
  throw new ProtocolError(
    `${named.digest}: the index says ${quoted(named.mediaType)} of ${named.size} bytes, but it is ` +
      `${quoted(found.mediaType)} of ${found.size}`,
  );
}

function absent(reference: string): RegistryError {
  return new RegistryError("NOT_FOUND", `pull ${reference}: the registry does not have it`, {
    method: "GET",
    url: reference,
    status: 404,
  });
}
