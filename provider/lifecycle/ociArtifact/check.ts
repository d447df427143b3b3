import { LOCKED } from "../../artifact/lock.js";
import {
  packArtifact,
  type PackArtifactOptions,
  type PackedArtifact,
} from "../../artifact/packArtifact.js";
import { InputError } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import { formatReference } from "../../oci/reference.js";
import { asCheckFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { CheckFailure, CheckResult, PropertyBag } from "../lifecycle.js";
import { loginServerOf } from "./state.js";
import { checkRegistry } from "../registryCheck.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../unknown.js";
import { validateInputs } from "./inputs.js";
import { withoutAssets } from "./layerSources.js";
import { asInputs, claimOfInputs } from "./state.js";

/** Inputs that decide the digest; while one of them is unknown, so is everything derived from it. */
const CONTENT = ["artifactType", "layers", "config", "annotations", "subject"] as const;

/** Validates, packs without network, and adds the derived inputs. */
export async function checkArtifact(
  host: Host,
  olds: PropertyBag,
  news: PropertyBag,
): Promise<CheckResult> {
  const failures = [...validateInputs(news)];
  const registry = checkRegistry(host, news["registry"]);
  failures.push(...registry.failures);
  if (failures.length > 0) return { inputs: news, failures };
  const given = { ...news, lock: normalizedLock(news["lock"]), registry: registry.registry };
  try {
    const derived = await derive(host, olds, given);
    const inputs = { ...given, ...derived, reference: referenceOf({ ...given, ...derived }) };
    return { inputs, failures: declare(host, inputs) };
  } catch (error) {
    const failure = asCheckFailure(error);
    if (failure === undefined) throw error;
    return { inputs: news, failures: [failure] };
  }
}

/** `true` is the usual lock; written out, it can be compared with what the service answers. */
function normalizedLock(lock: unknown): unknown {
  if (lock === true) return LOCKED;
  if (lock === false) return undefined;
  return typeof lock === "object" && lock !== null && Object.keys(lock).length === 0
    ? undefined
    : lock;
}

async function derive(host: Host, olds: PropertyBag, given: PropertyBag): Promise<PropertyBag> {
  if (CONTENT.some((name) => containsUnknown(given[name]))) {
    return {
      digest: UNKNOWN,
      size: UNKNOWN,
      mediaType: UNKNOWN,
      configDescriptor: UNKNOWN,
      layerDescriptors: UNKNOWN,
    };
  }
  const packed = await pack(host, given, olds["layerDescriptors"]);
  const { digest, size, mediaType } = packed.manifest.descriptor;
  host.packed.set(digest, packed);
  const { layerDescriptors } = packed;
  return { digest, size, mediaType, configDescriptor: configOf(packed), layerDescriptors };
}

/** The config is the first of the blobs. */
function configOf({ blobs: [config] }: PackedArtifact): unknown {
  if (config === undefined) throw new Error("a packed artifact has a config");
  const { mediaType, digest, size } = config.descriptor;
  return { mediaType, digest, size };
}

/** Packs what the inputs describe; earlier layer descriptors spare compressing unchanged folders. */
export function pack(host: Host, inputs: PropertyBag, known: unknown): Promise<PackedArtifact> {
  const layers = ((inputs["layers"] ?? []) as PropertyBag[]).map(withoutAssets);
  const { artifactType, config, annotations, subject } = asInputs(inputs);
  return packArtifact(
    { artifactType, layers, config, annotations, subject } as Parameters<typeof packArtifact>[0],
    {
      baseDirectory: host.directory,
      known: Array.isArray(known) ? (known as PackArtifactOptions["known"]) : [],
    },
  );
}

function referenceOf(inputs: PropertyBag): string {
  const { registry, repository, digest } = asInputs(inputs);
  const unknown = [registry.loginServer, repository, digest].some(isUnknown);
  return unknown
    ? UNKNOWN
    : formatReference(loginServerOf(registry.loginServer), repository, digest);
}

/** Records the declaration, and finds two resources that would fight over a tag. */
function declare(host: Host, inputs: PropertyBag): CheckFailure[] {
  const urn = inputs["__urn"];
  if (
    typeof urn !== "string" ||
    isUnknown(inputs["reference"]) ||
    containsUnknown(inputs["tags"])
  ) {
    return [];
  }
  const claim = claimOfInputs(asInputs(inputs));
  host.ownership.declare(urn, claim);
  return Object.keys(claim.tags).flatMap((tag, index) => {
    const rival = host.ownership.rivalFor(urn, claim, tag);
    if (rival === undefined) return [];
    const reason = `${claim.repository}:${tag} is declared by ${rival} too, for other content`;
    return [{ property: `tags[${index}]`, reason }];
  });
}

/** Content as `check` packed it in this process, or packed again; it must be what was previewed. */
export async function packAgain(host: Host, inputs: PropertyBag): Promise<PackedArtifact> {
  const { digest } = asInputs(inputs);
  const packed = host.packed.get(digest) ?? (await pack(host, inputs, inputs["layerDescriptors"]));
  if (packed.manifest.descriptor.digest === digest) return packed;
  throw new InputError("layers", changedSince(digest, packed));
}

function changedSince(digest: Digest, packed: PackedArtifact): string {
  return (
    `the content changed since it was planned: it has digest ${packed.manifest.descriptor.digest} now, ${digest} was ` +
    `planned. Nothing was published. Run \`pulumi up\` again`
  );
}
