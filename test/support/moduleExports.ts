import assert from "node:assert/strict";
import * as ts from "typescript";

/** Exports of a source file according to the compiler. */
export interface ModuleExports {
  readonly checker: ts.TypeChecker;
  readonly symbols: readonly ts.Symbol[];
}

export function moduleExports(file: string): ModuleExports {
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  assert.ok(module !== undefined, `${file} exports nothing`);
  return { checker, symbols: checker.getExportsOfModule(module) };
}
