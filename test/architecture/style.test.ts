import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as ts from "typescript";
import { type SourceFile, findInSyntax, sources } from "./sources.js";

/** A longer file should be split in two. */
const mostLines = 250;

/** Names that do not tell what a file contains. */
const emptyNames = /(?:^|\/)(?:utils?|helpers?|manager|common|misc|shared)(?:\/|\.ts$)/iu;

/** Only entry points may re-export what other files define. */
const entryPoints = [
  "resources/index.ts",
  "provider/client.ts",
  "provider/registry/index.ts",
  "emulator/index.ts",
];

/** It has all that the registry's own index lists; what users see of both is written down in `publicApi`. */
const mayExportEverything = "provider/client.ts";

const constructs: readonly { name: string; find: (node: ts.Node) => boolean }[] = [
  { name: "default export", find: isDefaultExport },
  { name: "enum", find: ts.isEnumDeclaration },
  { name: "any", find: (node) => node.kind === ts.SyntaxKind.AnyKeyword },
  { name: "non-null assertion", find: ts.isNonNullExpression },
  {
    name: "export of everything",
    find: (node) =>
      ts.isExportDeclaration(node) &&
      node.exportClause === undefined &&
      !node.getSourceFile().fileName.endsWith(mayExportEverything),
  },
  {
    name: "catch that says nothing",
    find: (node) => ts.isCatchClause(node) && /^\{\s*\}$/u.test(node.block.getText()),
  },
];

describe("style", () => {
  for (const { name, find } of constructs) {
    it(`no ${name}`, () => {
      const found = sources.flatMap((file) =>
        findInSyntax(file, (node) => (find(node) ? name : undefined)),
      );
      assert.deepEqual(found, []);
    });
  }

  it(`no file is longer than ${mostLines} lines`, () => {
    const long = sources.map((file) => ({
      path: file.path,
      lines: file.text.split("\n").length - 1,
    }));
    assert.deepEqual(
      long.filter(({ lines }) => lines > mostLines),
      [],
    );
  });

  it("no file is named after nothing", () => {
    assert.deepEqual(paths(sources.filter(({ path }) => emptyNames.test(path))), []);
  });

  it("only the entry points are named index, and only they re-export values", () => {
    const gathering = sources.filter(({ path, syntax }) => {
      const isEntry = entryPoints.includes(path) || path === "provider/index.ts";
      return !isEntry && (path.endsWith("/index.ts") || syntax.statements.some(isReExport));
    });
    assert.deepEqual(paths(gathering), []);
  });

  it("nothing switches a check off or is left for later", () => {
    const words = /eslint-disable|@ts-(?:ignore|nocheck|expect-error)|\bTODO\b|\bFIXME\b/u;
    assert.deepEqual(paths(sources.filter(({ text }) => words.test(text))), []);
  });
});

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === "default";
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function isReExport(node: ts.Node): boolean {
  return ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly;
}

function paths(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path);
}
