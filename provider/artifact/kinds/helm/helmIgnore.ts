import { InputError } from "../../../errors.js";
import type { EntrySelection, Verdict } from "../../../tar/entrySelection.js";
import { GlobSyntaxError } from "../../../tar/globTokens.js";
import type { SourceNames } from "../../../tar/sourceFailure.js";
import { parseGoPattern } from "./goPattern.js";

/** One line of a `.helmignore`. */
interface Rule {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  matches(path: string): boolean;
}

/** Helm always leaves out hidden templates (pkg/ignore/rules.go, `AddDefaults`). */
const DEFAULT = "templates/.?*";

/**
 * Names below `charts/` that begin with "_" or "." are not charts (pkg/chart/v2/loader, `LoadFiles`).
 */
const NO_SUBCHART = /^(?:charts\/[^/]+\/)*charts\/[_.]/;

/**
 * Selects what `helm package` includes of a chart's folder (helm/helm, pkg/ignore/rules.go). The first
 * rule that matches decides; a rule with `!` excludes everything that it does not match.
 */
export class HelmIgnore implements EntrySelection {
  readonly leaveOut = "leave it out in .helmignore";
  readonly #rules: readonly Rule[];

  /** `text` is the content of a `.helmignore`, or empty if there is none. */
  constructor(text: string, names: SourceNames) {
    this.#rules = [...text.split(/\r?\n/), DEFAULT].flatMap((line, index) =>
      parseRule(line.trim(), index + 1, names),
    );
  }

  decide(path: string, isDirectory: boolean): Verdict {
    return this.#ignores(path, isDirectory) || NO_SUBCHART.test(path) ? "skip" : "take";
  }

  /** A chart without `Chart.yaml` is refused elsewhere, with a better reason. */
  refuseNothing(): void {
    return;
  }

  #ignores(path: string, isDirectory: boolean): boolean {
    for (const rule of this.#rules) {
      const matches = (!rule.directoriesOnly || isDirectory) && rule.matches(path);
      if (matches !== rule.negated) return true;
    }
    return false;
  }
}

function parseRule(line: string, number: number, names: SourceNames): Rule[] {
  if (line === "" || line.startsWith("#")) return [];
  const at = (reason: string): InputError =>
    new InputError(
      names.property ?? "content.helmChart",
      `${names.shownPath}, line ${number}: ${JSON.stringify(line)} cannot be used: ${reason}`,
    );
  if (line.includes("**")) throw at('Helm knows no "**"');
  const negated = line.startsWith("!");
  const rest = negated ? line.slice(1) : line;
  const directoriesOnly = rest.endsWith("/");
  const pattern = directoriesOnly ? rest.slice(0, -1) : rest;
  try {
    const matches = matcher(pattern);
    return [{ negated, directoriesOnly, matches }];
  } catch (error) {
    if (error instanceof GlobSyntaxError) throw at(error.message);
    throw error;
  }
}

/** A rule without a slash applies to the last segment only. */
function matcher(pattern: string): (path: string) => boolean {
  if (pattern.startsWith("/")) return parseGoPattern(pattern.slice(1));
  const matches = parseGoPattern(pattern);
  return pattern.includes("/") ? matches : (path) => matches(path.slice(path.lastIndexOf("/") + 1));
}
