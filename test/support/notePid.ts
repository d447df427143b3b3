import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Loaded first in Node programs that the engine starts (`NODE_OPTIONS=--require`): a
 * dynamic host writes its process id into a folder, because the engine does not tell it.
 */
const folder = process.env["NOTE_PIDS_IN"];
if (folder !== undefined && process.argv[1]?.includes("dynamic-provider") === true) {
  writeFileSync(join(folder, String(process.pid)), "");
}
