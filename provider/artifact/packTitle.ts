import { basename } from "node:path";
import { InputError } from "../errors.js";

/** image-spec, annotations.md: the name under which `oras pull` restores a layer. */
export const TITLE = "org.opencontainers.image.title";

/**
 * The title of a layer that has none: the last segment of its path. (The `oras` command takes the
 * whole path as typed; here paths lead from the program's folder to wherever a build put its
 * result, which is nothing that whoever pulls wants to see.)
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

/** Refuses what could not be restored, or only outside the folder that is pulled to. */
export function checkTitle(title: string, property: string): string {
  const reason = faultOf(title);
  if (reason === undefined) return title;
  throw new InputError(
    `${property}.title`,
    `${JSON.stringify(title)} cannot be a title: ${reason}; expected a relative path such as "config/app.yaml"`,
  );
}

function faultOf(title: string): string | undefined {
  if (typeof title !== "string") return "it is not a string";
  if (title === "") return "it is empty";
  if (/\p{Cc}/u.test(title)) return "it contains a control character";
  if (/\p{Surrogate}/u.test(title)) return "it is not well-formed Unicode";
  if (title.includes("\\")) return 'it contains "\\"; the separator is "/"';
  if (title.startsWith("/") || /^[A-Za-z]:/.test(title)) return "it is an absolute path";
  const steps = title.split("/");
  if (steps.includes("")) return 'it has an empty segment ("//", or "/" at its end)';
  if (steps.includes(".") || steps.includes("..")) return 'it contains "." or ".." as a segment';
  return undefined;
}

export interface TitledLayer {
  readonly title: string | undefined;
  readonly property: string;
  readonly isDirectory: boolean;
}

/** Two layers cannot be restored to one path, nor one below a file. */
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
