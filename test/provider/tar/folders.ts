import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "mocha";

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder for one test: file content by path, `undefined` for an empty folder. */
export function folderOf(
  content: Readonly<Record<string, string | Uint8Array | undefined>>,
  parent = tmpdir(),
): string {
  const folder = mkdtempSync(join(parent, "pulumi-acr-test-"));
  made.push(folder);
  for (const [path, bytes] of Object.entries(content)) {
    const at = join(folder, path);
    mkdirSync(bytes === undefined ? at : dirname(at), { recursive: true });
    if (bytes !== undefined) writeFileSync(at, bytes);
  }
  return folder;
}
