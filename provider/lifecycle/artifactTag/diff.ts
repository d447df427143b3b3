import type { DiffResult, PropertyBag } from "../lifecycle.js";
import { sameRegistry, sameSettings } from "../registryIdentity.js";
import type { Host } from "../host.js";
import { asState, claimOfState } from "./state.js";

/** Inputs whose change means another tag. With another digest, it is the same tag, moved. */
const IDENTITY = ["repository", "tag"] as const;

/**
 * Compares state and inputs. Records what the state owns, since `create` of a replacement does not
 * receive it.
 */
export function diffTag(host: Host, olds: PropertyBag, news: PropertyBag): DiffResult {
  const { __urn: urn } = news;
  if (typeof urn === "string") host.ownership.own(urn, claimOfState(asState(olds)));
  const replaces: string[] = IDENTITY.filter((name) => olds[name] !== news[name]);
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  const moved = olds["digest"] !== news["digest"];
  // Somebody moved the tag to the declared digest. An update records in the state that it is ours now.
  if (!moved && asState(olds).drift.length > 0) return { changes: true, replaces };
  const unchanged =
    !moved &&
    replaces.length === 0 &&
    sameSettings(olds["registry"], news["registry"]) &&
    olds["onConflict"] === news["onConflict"];
  return { changes: unchanged ? false : undefined, replaces };
}
