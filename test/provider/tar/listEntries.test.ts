import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { basename, join } from "node:path";
import { describe, it } from "mocha";
import { isAcrError } from "../../../provider/errors.js";
import { list } from "./archives.js";
import { folderOf } from "./folders.js";

async function names(path: string, patterns = {}): Promise<string[]> {
  return (await list(path, patterns)).map((entry) => {
    return entry.name + (entry.type === "directory" ? "/" : "");
  });
}

function refusal(code: string, path: string, words: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(isAcrError(error) && "path" in error && "property" in error);
    assert.deepEqual([error.code, error.path, error.property], [code, path, "layers[0].directory"]);
    assert.match(error.message, words);
    return true;
  };
}

describe("listEntries", () => {
  it("lists a folder before its members, sorted by the bytes of their names", async () => {
    const folder = folderOf({ "a.txt": "", "a/x.txt": "", B: "", é: "", "z/": undefined });
    const found = ["data/", "data/B", "data/a/", "data/a/x.txt", "data/a.txt", "data/z/", "data/é"];
    assert.deepEqual(await names(folder), found);
  });

  it("keeps the composed and the decomposed form of a name apart", async () => {
    const folder = folderOf({ "\u00e9": "1", "e\u0301": "2" });
    assert.deepEqual(await names(folder), ["data/", "data/e\u0301", "data/\u00e9"]);
  });

  it("keeps spaces, line breaks and URL characters unchanged", async () => {
    const odd = ["#?%20", "a b", "line\nbreak", "😀", "x".repeat(255)];
    const folder = folderOf(Object.fromEntries(odd.map((name) => [name, ""])));
    assert.deepEqual(
      (await names(folder)).slice(1).sort(),
      odd.map((name) => `data/${name}`).sort(),
    );
  });

  it("keeps only the owner's executable bit of the mode", async () => {
    const folder = folderOf({ a: "", b: "", c: "", d: "" });
    for (const [name, mode] of Object.entries({ a: 0o600, b: 0o4777, c: 0o666, d: 0o500 })) {
      chmodSync(join(folder, name), mode);
    }
    const modes = (await list(folder)).map((entry) => entry.mode);
    assert.deepEqual(modes, [0o755, 0o644, 0o755, 0o644, 0o755]);
  });

  it("lists both names of a hard-linked file", async () => {
    const folder = folderOf({ a: "1" });
    linkSync(join(folder, "a"), join(folder, "b"));
    assert.deepEqual(await names(folder), ["data/", "data/a", "data/b"]);
  });

  it("lists an empty folder", async () => {
    assert.deepEqual(await names(folderOf({})), ["data/"]);
  });

  describe("with patterns", () => {
    const content = {
      "README.md": "",
      "src/a.ts": "",
      "src/deep/b.ts": "",
      "src/deep/b.js": "",
      "node_modules/m/i.js": "",
      "empty/": undefined,
      "docs/x.md": "",
    };
    const cases = [
      { include: ["*.md"], found: ["README.md", "docs/", "docs/x.md"] },
      {
        include: ["src"],
        found: ["src/", "src/a.ts", "src/deep/", "src/deep/b.js", "src/deep/b.ts"],
      },
      { include: ["src/deep/*.ts"], found: ["src/", "src/deep/", "src/deep/b.ts"] },
      { include: ["empty"], found: ["empty/"] },
      { include: ["src"], exclude: ["*.ts"], found: ["src/", "src/deep/", "src/deep/b.js"] },
      { exclude: ["node_modules", "src", "empty/"], found: ["README.md", "docs/", "docs/x.md"] },
    ];
    for (const { found, ...patterns } of cases) {
      it(JSON.stringify(patterns), async () => {
        const expected = ["data/", ...found.map((name) => `data/${name}`)];
        assert.deepEqual(await names(folderOf(content), patterns), expected);
      });
    }

    const failures = [
      {
        patterns: { include: ["*.nothing"] },
        property: "layers[0].include",
        words: /"\*\.nothing"/,
      },
      { patterns: { include: [] }, property: "layers[0].include", words: /list is empty/ },
      { patterns: { exclude: ["**"] }, property: "layers[0].exclude", words: /exclude everything/ },
      { patterns: { exclude: ["a", "["] }, property: "layers[0].exclude[1]", words: /not closed/ },
    ];
    for (const { patterns, property, words } of failures) {
      it(`refuses ${JSON.stringify(patterns)}, which excludes everything or is invalid`, async () => {
        await assert.rejects(names(folderOf(content), patterns), { property, message: words });
      });
    }

    it("does not read what is excluded", async () => {
      const folder = folderOf({ a: "" });
      symlinkSync("nowhere", join(folder, "link"));
      assert.deepEqual(await names(folder, { exclude: ["link"] }), ["data/", "data/a"]);
    });
  });

  describe("refuses", () => {
    for (const [kind, target] of Object.entries({
      "inside the folder": "a",
      "to the outside": "/etc/hosts",
      dangling: "nowhere",
      "in a loop": "link",
    })) {
      it(`a symbolic link ${kind}`, async () => {
        const folder = folderOf({ a: "" });
        symlinkSync(target, join(folder, "link"));
        const path = join(basename(folder), "link");
        await assert.rejects(
          list(folder),
          refusal("SOURCE_UNSUPPORTED", path, /symbolic link.*exclude/),
        );
      });
    }

    it("a named pipe, without waiting for a writer", async () => {
      const folder = folderOf({ "sub/a": "" });
      execFileSync("mkfifo", [join(folder, "sub/pipe")]);
      const path = join(basename(folder), "sub/pipe");
      await assert.rejects(list(folder), refusal("SOURCE_UNSUPPORTED", path, /named pipe/));
    });

    it("a socket", async () => {
      const folder = folderOf({});
      const server = createServer().listen(join(folder, "s"));
      await once(server, "listening");
      const path = join(basename(folder), "s");
      await assert.rejects(list(folder), refusal("SOURCE_UNSUPPORTED", path, /a socket/));
      server.close();
    });

    it("a name that is not UTF-8", async () => {
      const folder = folderOf({});
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.of(0xff)]), "");
      const path = join(basename(folder), "x\\xff");
      await assert.rejects(list(folder), refusal("SOURCE_UNSUPPORTED", path, /not UTF-8/));
    });

    for (const name of ["..\\up", "C:\\x", "C:", "\\\\host"]) {
      it(`a name that leads elsewhere on Windows: ${name}`, async () => {
        const folder = folderOf({ [name]: "" });
        const path = join(basename(folder), name);
        await assert.rejects(list(folder), refusal("SOURCE_UNSUPPORTED", path, /Windows/));
      });
    }

    it("but not a backslash that separates nothing", async () => {
      const folder = folderOf({ "dev-disk-by\\x2duuid.swap": "" });
      assert.equal((await list(folder)).length, 2);
    });

    it("a folder that is missing", async () => {
      const folder = join(folderOf({}), "none");
      await assert.rejects(list(folder), refusal("SOURCE_NOT_FOUND", "none", /does not exist/));
    });

    it("a folder that cannot be listed", async () => {
      const folder = folderOf({});
      mkdirSync(join(folder, "closed"));
      chmodSync(join(folder, "closed"), 0o000);
      const path = join(basename(folder), "closed");
      await asOrdinaryUser(folder, async () => {
        await assert.rejects(list(folder), refusal("SOURCE_UNREADABLE", path, /permission denied/));
      });
    });
  });
});

/** Permissions do not restrict root. */
async function asOrdinaryUser(folder: string, task: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  chmodSync(folder, 0o755);
  if (root) process.seteuid?.(65534);
  try {
    await task();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
