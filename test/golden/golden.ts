import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout, wherever the tests were compiled to. */
function checkout(folder = __dirname): string {
  return existsSync(join(folder, "package.json")) ? folder : checkout(dirname(folder));
}

/** Reads a file of recorded values; a file beside it tells how it is made. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(join(checkout(), "test", "golden", name), "utf8"));
}
