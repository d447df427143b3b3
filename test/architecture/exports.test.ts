import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as ts from "typescript";
import { filesIn, importedPath, type SourceFile, sources } from "./sources.js";

/** Modules that users load by path; `publicApi` lists what they export. */
const entryPoints = [
  "resources/index.ts",
  "provider/index.ts",
  "provider/client.ts",
  "emulator/index.ts",
];

const EVERYTHING = "*";

describe("exports", () => {
  it("every function, class and constant that a file exports is used by another one", () => {
    const used = usesOf([...sources, ...filesIn(["test", "tools"])]);
    const isUsed = (path: string, name: string): boolean =>
      used.has(keyOf(path, name)) || used.has(keyOf(path, EVERYTHING));
    const unused = sources
      .filter(({ path }) => !entryPoints.includes(path))
      .flatMap((file) => exportedValues(file).map((name) => ({ path: file.path, name })))
      .filter(({ path, name }) => !isUsed(path, name));
    assert.deepEqual(unused, []);
  });
});

function keyOf(path: string, name: string): string {
  return `${path}#${name}`;
}

/** Each export that is named by an import or a re-export. */
function usesOf(files: readonly SourceFile[]): ReadonlySet<string> {
  const used = new Set<string>();
  for (const file of files) {
    const visit = (node: ts.Node): void => {
      for (const [specifier, name] of namedIn(node)) {
        const path = importedPath(file, specifier);
        if (path !== undefined) used.add(keyOf(path, name));
      }
      ts.forEachChild(node, visit);
    };
    visit(file.syntax);
  }
  return used;
}

function namedIn(node: ts.Node): readonly (readonly [specifier: string, name: string])[] {
  if (ts.isImportDeclaration(node)) {
    return named(node.moduleSpecifier, node.importClause?.namedBindings);
  }
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.exportClause);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return named(node.argument.literal, undefined);
  }
  const isLoad = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isLoad ? named(node.arguments[0], undefined) : [];
}

/** An import without a list of names uses every export. */
function named(
  specifier: ts.Node | undefined,
  list: ts.NamedImportBindings | ts.NamedExportBindings | undefined,
): readonly (readonly [specifier: string, name: string])[] {
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return [];
  if (list === undefined || !("elements" in list)) return [[specifier.text, EVERYTHING]];
  return list.elements.map(({ name, propertyName }) => [
    specifier.text,
    (propertyName ?? name).text,
  ]);
}

/** Types are left out: the compiler requires exports of those in exported signatures. */
function exportedValues({ syntax }: SourceFile): readonly string[] {
  return syntax.statements.filter(isExported).flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      return statement.name === undefined ? [] : [statement.name.text];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  });
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
