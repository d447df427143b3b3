import { explainChange } from "../../artifact/contentChange.js";
import type { EngineLog } from "../engineLog.js";
import type { PropertyBag } from "../lifecycle.js";
import { sameRegistry } from "../registryIdentity.js";
import { isUnknown } from "../../arguments/unknown.js";
import type { ContentKind } from "./contentKind.js";
import { asInputs } from "./state.js";

/**
 * Logs what a replacement changes in the resource's row, once for each preview and once for each `up`,
 * because the engine's own diff compares lists by position. A refresh compares equal digests, unknown
 * content cannot be compared, and everything of a first version is new, so these log nothing.
 */
export function sayChange(
  content: ContentKind,
  olds: PropertyBag,
  news: PropertyBag,
  log: EngineLog,
): void {
  if (content.outline === undefined || isUnknown(news["digest"])) return;
  const sameRepository =
    olds["repository"] === news["repository"] && sameRegistry(olds["registry"], news["registry"]);
  if (sameRepository && olds["digest"] === news["digest"]) return;
  const [old, now] = [content.outline(asInputs(olds)), content.outline(asInputs(news))];
  const text = explainChange(old, now, sameRepository);
  if (text !== undefined) log.info(text);
}
