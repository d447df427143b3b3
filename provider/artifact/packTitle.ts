import { basename } from "node:path";
import { InputError } from "../errors.js";
import { faultOfPath } from "../tar/entryPath.js";

/** The name under which `oras pull` restores a layer (image-spec, annotations.md). */
export const TITLE = "org.opencontainers.image.title";
/** An annotation of ORAS: the layer is a folder to unpack on pull, whose plain tar has this digest. */
export const CONTENT_DIGEST = "io.deis.oras.content.digest";
export const UNPACK = "io.deis.oras.content.unpack";

/**
 * The default title: the last segment of the path. (The `oras` command uses the whole path as typed.
 * Here, paths lead from the program's folder to some build output, which does not concern those who
 * pull.)
 */
export function defaultTitle(path: string, property: string): string {
  const last = basename(path.replaceAll("\\", "/").replace(/\/+$/, ""));
  if (last !== "" && last !== "." && last !== "..") return last;
  throw new InputError(
    `${property}.title`,
    `${JSON.stringify(path)} has no name of its own: give a title, which must not depend on where ` +
      `the program is checked out`,
  );
}

/** Refuses a title that could not be restored, or only outside the target folder. */
export function checkTitle(title: string, property: string): string {
  const reason = typeof title === "string" ? faultOfPath(title, "any") : "it is not a string";
  if (reason === undefined) return title;
  throw new InputError(
    `${property}.title`,
    `${JSON.stringify(title)} cannot be a title: ${reason}; expected a relative path such as "config/app.yaml"`,
  );
}

export interface TitledLayer {
  readonly title: string | undefined;
  readonly property: string;
  readonly isDirectory: boolean;
}

/** Checks titles together: two layers cannot be restored to the same path, nor one below a file. */
export function checkTitlesTogether(layers: readonly TitledLayer[]): void {
  const seen = new Map<string, TitledLayer>();
  for (const layer of layers) {
    if (layer.title === undefined) continue;
    const twin = seen.get(layer.title);
    if (twin !== undefined) throw collision(layer, `${twin.property} has the same title`);
    seen.set(layer.title, layer);
  }
  for (const layer of layers) {
    const steps = layer.title?.split("/") ?? [];
    for (let count = 1; count < steps.length; count++) {
      const above = seen.get(steps.slice(0, count).join("/"));
      if (above?.isDirectory !== false) continue;
      throw collision(
        layer,
        `${above.property} is a file of the name ${JSON.stringify(above.title)}`,
      );
    }
  }
}

function collision(layer: TitledLayer, why: string): InputError {
  return new InputError(
    `${layer.property}.title`,
    `the title ${JSON.stringify(layer.title)} cannot be used: ${why}, and both are restored on pull`,
  );
}
