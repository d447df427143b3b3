import { readFileSync, readdirSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import * as ts from "typescript";
import { checkout } from "../../tools/installed.js";

/**
 * How a file uses another: at run time when it is loaded, at run time when something in it is called, or only
 * while it is compiled.
 */
export type ImportKind = "value" | "lazy" | "type";

/** One use of another module. */
export interface Import {
  /** The specifier as written. */
  readonly specifier: string;
  readonly kind: ImportKind;
  readonly line: number;
}

/** One file of the product. */
export interface SourceFile {
  /** From the checkout, with slashes: `provider/oci/digest.ts`. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** The folders whose files are published. */
const productFolders = ["resources", "provider", "emulator"];

/** Every source file of the product. */
export const sources: readonly SourceFile[] = filesIn(productFolders);

/** Every source file in these folders of the checkout. */
export function filesIn(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => typescriptFiles(join(checkout, folder)).map(readSource));
}

/** The source file that a relative import names; undefined for a package or a file that is not there. */
export function resolveImport(from: SourceFile, specifier: string): SourceFile | undefined {
  const path = importedPath(from, specifier);
  return sources.find((candidate) => candidate.path === path);
}

/** The path that a relative import leads to, whether or not there is such a file; undefined for a package. */
export function importedPath(from: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(from.path), specifier).replace(/\.js$/u, ".ts");
}

/** Visits every node of a file and collects what the visitor returns. */
export function findInSyntax(
  { path, syntax }: SourceFile,
  describe: (node: ts.Node) => string | undefined,
): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const what = describe(node);
    if (what !== undefined) found.push(`${path}:${lineOf(syntax, node)}: ${what}`);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return found;
}

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, "utf8");
  const syntax = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const path = relative(checkout, file).split(sep).join("/");
  return { path, text, syntax, imports: importsOf(syntax) };
}

function importsOf(syntax: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(syntax, node) });
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return imports;
}

function importOf(node: ts.Node): Omit<Import, "line"> | undefined {
  if (ts.isImportDeclaration(node)) {
    return named(node.moduleSpecifier, isTypeImport(node.importClause) ? "type" : "value");
  }
  if (ts.isExportDeclaration(node)) {
    return named(node.moduleSpecifier, isTypeExport(node) ? "type" : "value");
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return named(node.argument.literal, "type");
  }
  if (ts.isExternalModuleReference(node)) return named(node.expression, "value");
  if (ts.isCallExpression(node)) return importOfCall(node);
  return undefined;
}

/** `import(…)` and `require(…)`: lazy inside a function, else it happens when the file is loaded. */
function importOfCall(node: ts.CallExpression): Omit<Import, "line"> | undefined {
  const { expression } = node;
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(expression) && expression.text === "require";
  if (!isImport && !isRequire) return undefined;
  const isInFunction = ts.findAncestor(node, ts.isFunctionLike) !== undefined;
  return named(node.arguments[0], isInFunction ? "lazy" : "value");
}

function named(node: ts.Node | undefined, kind: ImportKind): Omit<Import, "line"> | undefined {
  return node !== undefined && ts.isStringLiteralLike(node)
    ? { specifier: node.text, kind }
    : undefined;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || ts.isNamespaceImport(bindings)) {
    return false;
  }
  return bindings.elements.every((element) => element.isTypeOnly);
}

function isTypeExport(declaration: ts.ExportDeclaration): boolean {
  const { isTypeOnly, exportClause } = declaration;
  if (isTypeOnly) return true;
  return (
    exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.every((element) => element.isTypeOnly)
  );
}

function lineOf(syntax: ts.SourceFile, node: ts.Node): number {
  return syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;
}
