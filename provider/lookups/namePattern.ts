import { InputError } from "../errors.js";
import { parseGlob } from "../tar/globPattern.js";
import { GlobSyntaxError } from "../tar/globTokens.js";

/** Tells whether a name is selected. */
export type NameTest = (name: string) => boolean;

/** A pattern for whole names of tags or repositories, with the syntax of those for files. */
export function namePattern(pattern: string | undefined): NameTest {
  if (pattern === undefined) return () => true;
  const glob = parsed(pattern);
  return (name) => glob.matches(name, false);
}

function parsed(pattern: string): ReturnType<typeof parseGlob> {
  try {
    if (pattern.startsWith("/")) throw new GlobSyntaxError("names do not begin with a slash");
    parseGlob(pattern);
    return parseGlob(`/${pattern}`);
  } catch (error) {
    if (!(error instanceof GlobSyntaxError)) throw error;
    throw new InputError(
      "matching",
      `the pattern ${JSON.stringify(pattern)} cannot be used: ${error.message}`,
      { cause: error },
    );
  }
}
