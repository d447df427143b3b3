import type { DiffResult, PropertyBag } from "../lifecycle.js";
import { sameRegistry, sameSettings } from "../registryIdentity.js";
import type { Host } from "../host.js";
import { asState, claimOfState } from "./state.js";

/** Inputs whose change means another tag; another digest is the same tag, moved. */
const IDENTITY = ["repository", "tag"] as const;

/** Comparison of state and inputs. What the state owns is remembered: `create` of a replacement is not told. */
export function diffTag(host: Host, olds: PropertyBag, news: PropertyBag): DiffResult {
  const { __urn: urn } = news;
  if (typeof urn === "string") host.ownership.own(urn, claimOfState(asState(olds)));
  const replaces: string[] = IDENTITY.filter((name) => olds[name] !== news[name]);
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  const moved = olds["digest"] !== news["digest"];
  // Somebody moved the tag to where it is declared now: it is ours from here on, which the state says.
  if (!moved && asState(olds).drift.length > 0) return { changes: true, replaces };
  const unchanged =
    !moved &&
    replaces.length === 0 &&
    sameSettings(olds["registry"], news["registry"]) &&
    olds["onConflict"] === news["onConflict"];
  return { changes: unchanged ? false : undefined, replaces };
}
