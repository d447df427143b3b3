import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type ImportKind, type SourceFile, resolveImport, sources } from "./sources.js";

/** A layer, and the layers below it that it may use. `resources` may name types of the provider, and load its look-ups when one is called. */
const layers: Readonly<Record<string, readonly string[]>> = {
  resources: [],
  "provider/client.ts": ["artifact", "registry"],
  "provider/index.ts": [
    "lifecycle",
    "arguments",
    "artifact",
    "tar",
    "registry",
    "http",
    "auth",
    "oci",
  ],
  "provider/lookups/": ["arguments", "artifact", "tar", "registry", "http", "auth", "oci"],
  "provider/lifecycle/": ["arguments", "artifact", "tar", "registry", "http", "auth", "oci"],
  "provider/arguments/": ["registry", "http", "auth", "oci"],
  "provider/artifact/": ["tar", "registry", "http", "auth", "oci"],
  "provider/registry/": ["http", "auth", "oci"],
  "provider/http/": ["auth", "oci"],
  "provider/auth/": ["oci"],
  "provider/tar/": ["oci"],
  "provider/oci/": [],
  "provider/concurrency/": [],
  "provider/errors.ts": [],
  "emulator/": [],
};

/** Layers that every layer of the provider may use, and that use no other layer. */
const leaves = ["provider/concurrency/", "provider/errors.ts"];

/** Leaves may use the errors, to report failures. */
const leafMayUse = ["provider/errors.ts"];

describe("dependencies", () => {
  it("every file belongs to a layer", () => {
    const homeless = sources.filter((file) => layerOf(file) === undefined);
    assert.deepEqual(
      homeless.map(({ path }) => path),
      [],
    );
  });

  it("every relative import names a file that is there", () => {
    const dangling = sources.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .filter(({ specifier }) => resolveImport(file, specifier) === undefined)
        .map(({ specifier, line }) => `${file.path}:${line}: ${specifier}`),
    );
    assert.deepEqual(dangling, []);
  });

  it("every arrow points down", () => {
    const upward = sources.flatMap((file) =>
      usesOf(file)
        .filter(({ target, kind }) => !isAllowed(file, target, kind))
        .map(({ target, line }) => `${file.path}:${line} → ${target.path}`),
    );
    assert.deepEqual(upward, []);
  });

  it("there is no cycle", () => {
    assert.deepEqual(cycles(), []);
  });
});

interface Use {
  readonly target: SourceFile;
  readonly kind: ImportKind;
  readonly line: number;
}

function usesOf(file: SourceFile): Use[] {
  return file.imports.flatMap(({ specifier, kind, line }) => {
    const target = resolveImport(file, specifier);
    return target === undefined ? [] : [{ target, kind, line }];
  });
}

function layerOf(file: SourceFile): string | undefined {
  return Object.keys(layers).find((layer) => file.path.startsWith(layer));
}

function isAllowed(file: SourceFile, target: SourceFile, kind: ImportKind): boolean {
  const from = layerOf(file);
  const to = layerOf(target);
  if (from === undefined || to === undefined) return false;
  if (from === to) return true;
  if (from === "resources") return mayResourcesUse(to, kind);
  if (leaves.includes(from)) return leafMayUse.includes(to);
  const below = (layers[from] ?? []).map((name) => `provider/${name}/`);
  return below.includes(to) || (from !== "emulator/" && leaves.includes(to));
}

/** Importing the resources must not load the provider: only the dynamic host needs it. */
function mayResourcesUse(layer: string, kind: ImportKind): boolean {
  if (!layer.startsWith("provider/")) return false;
  return kind === "type" || (kind === "lazy" && layer === "provider/lookups/");
}

/** Every import cycle, listed once, starting at the file that sorts first. */
function cycles(): string[] {
  const done = new Set<SourceFile>();
  const found = new Set<string>();
  const visit = (file: SourceFile, way: readonly SourceFile[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) found.add(inOneOrder(way.slice(start).map(({ path }) => path)));
    if (start >= 0 || done.has(file)) return;
    for (const { target } of usesOf(file)) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  return [...found];
}

function inOneOrder(paths: readonly string[]): string {
  const first = paths.indexOf([...paths].sort()[0] ?? "");
  return [...paths.slice(first), ...paths.slice(0, first + 1)].join(" → ");
}
