import type { DiffResult, PropertyBag } from "../lifecycle.js";
import { sameRegistry, sameSettings } from "../registryIdentity.js";
import { asState } from "./state.js";

/** Inputs whose change means another tag; another digest is the same tag, moved. */
const IDENTITY = ["repository", "tag"] as const;

/** Pure comparison of state and inputs. */
export function diffTag(olds: PropertyBag, news: PropertyBag): DiffResult {
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
