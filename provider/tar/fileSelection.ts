import { InputError } from "../errors.js";
import type { EntrySelection, Verdict } from "./entrySelection.js";
import { parseGlob, type GlobPattern } from "./globPattern.js";
import { GlobSyntaxError } from "./globTokens.js";

/** Which files of a folder to archive; see {@link GlobPattern} for the patterns. */
export interface FilePatterns {
  /** Only paths that match one of these. Absent: all. */
  readonly include?: readonly string[] | undefined;
  /** No paths that match one of these; takes precedence over `include`. */
  readonly exclude?: readonly string[] | undefined;
}

/** Selects files by the patterns of a program. */
export class FileSelection implements EntrySelection {
  readonly leaveOut: string;
  readonly #include: readonly GlobPattern[] | undefined;
  readonly #exclude: readonly GlobPattern[];
  readonly #patterns: FilePatterns;
  readonly #property: string;
  readonly #excludeName: string;
  #skipped = 0;

  /**
   * `property` is the path of the property with `include` and `exclude`; `excludeName` is the name of the
   * latter.
   */
  constructor(patterns: FilePatterns, property: string, excludeName = "exclude") {
    const { include, exclude } = patterns;
    this.#patterns = patterns;
    this.#property = property;
    this.#excludeName = excludeName;
    this.leaveOut = `leave it out with \`${excludeName}\``;
    this.#include = include && parseAll(include, `${property}.include`);
    this.#exclude = parseAll(exclude ?? [], `${property}.${excludeName}`);
  }

  decide(path: string, isDirectory: boolean, covered: boolean): Verdict {
    const verdict = this.#verdict(path, isDirectory, covered);
    if (verdict === "skip") this.#skipped++;
    return verdict;
  }

  /** Patterns that exclude everything are a mistake. */
  refuseNothing(shownPath: string): void {
    const { include, exclude } = this.#patterns;
    if (include === undefined && this.#skipped === 0) return;
    const [list, patterns] =
      include === undefined ? [this.#excludeName, exclude] : ["include", include];
    const quoted = (patterns ?? []).map((pattern) => JSON.stringify(pattern)).join(", ");
    throw new InputError(
      `${this.#property}.${list}`,
      include === undefined
        ? `the patterns ${quoted} exclude everything in ${shownPath}`
        : `no file in ${shownPath} matches the patterns ${quoted || "(the list is empty)"}`,
    );
  }

  #verdict(path: string, isDirectory: boolean, covered: boolean): Verdict {
    if (this.#exclude.some((pattern) => pattern.matches(path, isDirectory))) return "skip";
    if (covered || this.#include === undefined) return "take";
    if (this.#include.some((pattern) => pattern.matches(path, isDirectory))) return "take";
    return isDirectory ? "descend" : "skip";
  }
}

function parseAll(patterns: readonly string[], property: string): readonly GlobPattern[] {
  return patterns.map((text, index) => {
    try {
      return parseGlob(text);
    } catch (error) {
      if (!(error instanceof GlobSyntaxError)) throw error;
      throw new InputError(
        `${property}[${index}]`,
        `the pattern ${JSON.stringify(text)} cannot be used: ${error.message}`,
        { cause: error },
      );
    }
  });
}
