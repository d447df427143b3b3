import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { checkout } from "../../tools/installed.js";
import { type Import, type ImportKind, type SourceFile, sources } from "./sources.js";

interface Permission {
  /** Folders or files, relative to the checkout. */
  readonly where: readonly string[];
  readonly kinds: readonly ImportKind[];
}

const anyKind: readonly ImportKind[] = ["value", "lazy", "type"];
const whenCalled: readonly ImportKind[] = ["lazy", "type"];
const typesOnly: readonly ImportKind[] = ["type"];

/** The one file of the client that reads and writes files. */
const betweenDiskAndRegistry = "provider/registry/blobFile.ts";

/** Which files may use which external packages. Nothing may use any other package. */
const permissions: Readonly<Record<string, readonly Permission[]>> = {
  "@pulumi/pulumi": [{ where: ["resources/", "provider/lifecycle/"], kinds: anyKind }],
  "@azure/core-rest-pipeline": [
    { where: ["provider/http/"], kinds: anyKind },
    { where: ["provider/registry/", "provider/auth/"], kinds: typesOnly },
  ],
  "@azure/core-auth": [
    {
      where: [
        "provider/auth/",
        "provider/http/",
        "provider/registry/",
        "provider/artifact/",
        "provider/lifecycle/",
      ],
      kinds: typesOnly,
    },
  ],
  "@azure/identity": [{ where: ["provider/auth/"], kinds: whenCalled }],
  "@azure/logger": [{ where: ["provider/http/", "provider/auth/"], kinds: anyKind }],
  fflate: [{ where: ["provider/tar/"], kinds: anyKind }],
  zod: [
    {
      where: [
        "provider/lifecycle/",
        "provider/arguments/",
        "provider/lookups/",
        "provider/registry/",
        "provider/oci/",
      ],
      kinds: anyKind,
    },
    { where: ["emulator/configFile.ts", "emulator/control/"], kinds: anyKind },
  ],
  semver: [{ where: ["provider/lookups/"], kinds: anyKind }],
  yaml: [{ where: ["provider/artifact/kinds/helm/"], kinds: anyKind }],
  jose: [{ where: ["emulator/"], kinds: anyKind }],
  selfsigned: [{ where: ["emulator/"], kinds: anyKind }],
};

const diskFolders = [
  "provider/tar/",
  "provider/artifact/",
  "provider/auth/",
  betweenDiskAndRegistry,
  "emulator/",
];

/** Node's modules that reach outside the process; the others are free to use. */
const reachingOut: Readonly<Record<string, readonly string[]>> = {
  fs: diskFolders,
  "fs/promises": diskFolders,
  // Helper programs of Docker's configuration.
  child_process: ["provider/auth/", "provider/lifecycle/redrawnRows.ts"],
  cluster: [],
  dgram: [],
  dns: [],
  "dns/promises": [],
  http: ["emulator/", "provider/http/"],
  http2: [],
  https: ["emulator/", "provider/http/"],
  net: ["emulator/"],
  tls: ["emulator/"],
  worker_threads: ["provider/tar/"],
};

describe("packages", () => {
  it("each is used only where it belongs, and at run time only where it says", () => {
    const misplaced = outside()
      .filter(({ used }) => !used.specifier.startsWith("node:"))
      .filter(({ file, used }) => !isPermitted(file, used))
      .map(tell);
    assert.deepEqual(misplaced, []);
  });

  it("Node's modules are named with node:", () => {
    const bare = outside().filter(({ used }) => builtinModules.includes(used.specifier));
    assert.deepEqual(bare.map(tell), []);
  });

  it("files, processes and connections are reached only from where they belong", () => {
    const misplaced = outside()
      .filter(({ used }) => used.specifier.startsWith("node:") && used.kind !== "type")
      .filter(({ file, used }) => {
        const allowed = reachingOut[used.specifier.slice("node:".length)];
        return allowed !== undefined && !isIn(file, allowed);
      });
    assert.deepEqual(misplaced.map(tell), []);
  });

  it("those that may be used are exactly those that package.json names", () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(checkout, "package.json"), "utf8"),
    ) as Record<string, Record<string, string> | undefined>;
    const declared = Object.keys({ ...dependencies, ...peerDependencies }).sort();
    assert.deepEqual(Object.keys(permissions).sort(), declared);
  });
});

interface Outside {
  readonly file: SourceFile;
  readonly used: Import;
}

function outside(): Outside[] {
  return sources.flatMap((file) =>
    file.imports
      .filter(({ specifier }) => !specifier.startsWith("."))
      .map((used) => ({ file, used })),
  );
}

function isPermitted(file: SourceFile, used: Import): boolean {
  const name = /^(?:@[^/]+\/)?[^/]+/u.exec(used.specifier)?.[0] ?? used.specifier;
  return (permissions[name] ?? []).some(
    ({ where, kinds }) => isIn(file, where) && kinds.includes(used.kind),
  );
}

function isIn(file: SourceFile, where: readonly string[]): boolean {
  return where.some((path) => file.path.startsWith(path));
}

function tell({ file, used }: Outside): string {
  return `${file.path}:${used.line}: ${used.specifier} (${used.kind})`;
}
