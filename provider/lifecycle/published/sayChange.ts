import { explainChange } from "../../artifact/contentChange.js";
import type { EngineLog } from "../engineLog.js";
import type { PropertyBag } from "../lifecycle.js";
import { sameRegistry } from "../registryIdentity.js";
import { isUnknown } from "../../arguments/unknown.js";
import type { ContentKind } from "./contentKind.js";
import { asInputs } from "./state.js";

/**
 * Says in the resource's row what a replacement changes, once for each preview and once for each `up`.
 * The engine's own difference compares lists by position. A refresh compares the same digests, and what
 * is not known yet cannot be compared; of a first version everything is new, as the inputs show.
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
