import { InputError } from "../errors.js";
import type { EntrySelection, Verdict } from "./entrySelection.js";
import { parseGlob, type GlobPattern } from "./globPattern.js";
import { GlobSyntaxError } from "./globTokens.js";

/** Which files of a folder are wanted; see {@link GlobPattern} for what a pattern means. */
export interface FilePatterns {
  /** Only what one of these matches. Absent: everything. */
  readonly include?: readonly string[] | undefined;
  /** Not what one of these matches; wins over `include`. */
  readonly exclude?: readonly string[] | undefined;
}

/** Decides by patterns of the program. */
export class FileSelection implements EntrySelection {
  readonly leaveOut: string;
  readonly #include: readonly GlobPattern[] | undefined;
  readonly #exclude: readonly GlobPattern[];
  readonly #patterns: FilePatterns;
  readonly #property: string;
  readonly #excludeName: string;
  #skipped = 0;

  /** `property` is the path of the property that holds `include` and `exclude`, or what the latter is called there. */
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

  /** Patterns that leave nothing are a mistake. */
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
