import type { Host } from "../host.js";
import type { DiffResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { sameJson } from "../plain.js";
import { sameRegistry, sameSettings } from "../registryIdentity.js";
import type { ContentKind } from "./contentKind.js";
import { sayChange } from "./sayChange.js";
import { withoutAssetPaths } from "../assets.js";
import { referenceTo } from "../sharedLocks.js";
import type { ArtifactInputs } from "./inputs.js";
import { asInputs, asState, baseOf, claimOfState, tagsOf } from "./state.js";

/** Inputs whose change means another artifact, or the same one elsewhere. */
const IDENTITY = ["repository", "digest"] as const;

/** The inputs of all kinds of content, except for those compared in their own way. */
const COMPARED = [
  "artifactType",
  "annotations",
  "subject",
  "tags",
  "lock",
  "onTagConflict",
  "onReplace",
  "onDelete",
  "size",
  "mediaType",
] as const;

/**
 * Compares state and inputs, without network, and logs what a replacement changes. If anything except the
 * resource's name or harmless registry settings differs, the engine writes the diff.
 */
export function diffArtifact(
  content: ContentKind,
  host: Host,
  { olds, news }: { readonly olds: PropertyBag; readonly news: PropertyBag },
  { log }: Operation,
): DiffResult {
  record(host, olds, news);
  const replaces: string[] = IDENTITY.filter((name) => olds[name] !== news[name]);
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  if (replaces.length > 0) {
    sayChange(content, olds, news, log);
    return { changes: undefined, replaces };
  }
  const unchanged =
    asState(olds).drift.length === 0 &&
    sameSettings(olds["registry"], news["registry"]) &&
    [...COMPARED.filter((name) => !content.found.includes(name)), ...content.compared].every(
      (name) => sameInput(olds[name], news[name]),
    );
  if (unchanged && lostItsLock(host, asInputs(news))) return { changes: true, replaces };
  return { changes: unchanged ? false : undefined, replaces };
}

/** Whether another resource opened the same lock in this run before it knew of this one. */
function lostItsLock(host: Host, inputs: ArtifactInputs): boolean {
  if (inputs.lock === undefined) return false;
  const base = baseOf(inputs);
  return [...tagsOf(inputs), inputs.digest].some((subject) =>
    host.locks.wasOpened(referenceTo(base, subject)),
  );
}

function sameInput(old: unknown, now: unknown): boolean {
  return sameJson(withoutAssetPaths(old) ?? null, withoutAssetPaths(now) ?? null);
}

/** Records what the old state owns, because `create` of a replacement does not receive it. */
function record(host: Host, olds: PropertyBag, news: PropertyBag): void {
  const urn = news["__urn"];
  if (typeof urn !== "string") return;
  host.ownership.own(urn, claimOfState(asState(olds)));
}
