// Run as a program of its own: makes the files of a small tree anew in the folder that is given, under the umask
// that is given (octal), packs them as an artifact and prints the manifest's digest.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packArtifact } from "../../provider/artifact/packArtifact.js";

/** The packed layers, the same for every way of packing. */
export const TREE: Readonly<Record<string, { readonly content: string; readonly mode: number }>> = {
  "site/index.html": { content: "<title>site</title>\n", mode: 0o666 },
  "site/bin/start": { content: "#!/bin/sh\n", mode: 0o777 },
  "site/assets/long.css": { content: "a { color: red }\n".repeat(20_000), mode: 0o666 },
  "site/Ünïcode.txt": { content: "ü", mode: 0o666 },
  "notes.md": { content: "# Notes\n", mode: 0o666 },
};

export const LAYERS = [{ directory: "site" }, { file: "notes.md" }];
export const ARTIFACT_TYPE = "application/vnd.example.site";

export function writeTree(folder: string): void {
  for (const [name, { content, mode }] of Object.entries(TREE)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
  }
}

async function main(umask = "022", folder = "."): Promise<void> {
  process.umask(Number.parseInt(umask, 8));
  writeTree(folder);
  const packed = await packArtifact(
    { artifactType: ARTIFACT_TYPE, layers: LAYERS },
    { baseDirectory: folder },
  );
  process.stdout.write(packed.manifest.descriptor.digest);
}

if (require.main === module) void main(...process.argv.slice(2));
