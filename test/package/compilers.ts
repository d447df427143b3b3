import { createRequire } from "node:module";
import { relative } from "node:path";
import * as ts from "typescript";

/** A TypeScript version and module resolution that a project may use. */
export interface Compiler {
  readonly name: string;
  /** The project's folder. */
  readonly folder: string;
  readonly options: ts.CompilerOptions;
  /** Path of the compiler in the project; absent for that of this checkout. */
  readonly module?: string;
  /** The program to compile; absent for one that imports every entry point. */
  readonly program?: string;
}

/** Pulumi compiles a project without its own TypeScript by this one, with the old resolution. */
const shippedWithPulumi = "@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js";

const { CommonJS, ESNext, NodeNext } = ts.ModuleKind;

export const compilers: readonly Compiler[] = [
  {
    name: "TypeScript with nodenext",
    folder: "types-nodenext",
    options: { module: NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  },
  {
    name: "TypeScript with the old module resolution",
    folder: "types-node10",
    options: { module: CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
  },
  {
    name: "TypeScript with a bundler's resolution",
    folder: "types-bundler",
    options: { module: ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  },
  {
    name: "TypeScript 3.8, which Pulumi ships",
    folder: "types-shipped",
    options: { module: CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
    module: shippedWithPulumi,
    // The other entry points use types of Node and packages that this compiler cannot read.
    program: `import { ArtifactResult, getArtifact, getTagsOutput, OciArtifact, RegistryArgs } from "pulumi-acr";

const registry: RegistryArgs = { loginServer: "myregistry.azurecr.io" };
const artifact = new OciArtifact("artifact", { repository: "hello", registry, tags: ["1"] });
export const digest = artifact.descriptor.apply((descriptor): string => descriptor.digest);
export const found: Promise<ArtifactResult> = getArtifact({ reference: "r.azurecr.io/a:1" });
export const names = getTagsOutput({ repository: artifact.repository, registry }).tags;
`,
  },
];

/** A compiler's errors in the program and in the package's types. */
export function brokenTypes(compiler: Compiler, root: string, program: string): string[] {
  const module = moduleOf(compiler, program);
  return diagnosticsOf(compiler, program)
    .filter(({ file }) => file === undefined || isOurs(file.fileName, root, program))
    .map(({ file, messageText }) => {
      const message = module.flattenDiagnosticMessageText(messageText, "\n");
      return `${file === undefined ? "" : relative(root, file.fileName)}: ${message}`;
    });
}

/** Numbers of the program's lines that a compiler refuses. */
export function brokenLines(compiler: Compiler, program: string): number[] {
  const lines = diagnosticsOf(compiler, program).flatMap(({ file, start }) =>
    file?.fileName === program && start !== undefined
      ? [file.getLineAndCharacterOfPosition(start).line + 1]
      : [],
  );
  return [...new Set(lines)];
}

function diagnosticsOf(compiler: Compiler, program: string): readonly ts.Diagnostic[] {
  const module = moduleOf(compiler, program);
  const options = {
    ...compiler.options,
    target: ts.ScriptTarget.ES2020,
    strict: true,
    noEmit: true,
  };
  return module.getPreEmitDiagnostics(module.createProgram([program], options));
}

function moduleOf({ module }: Compiler, program: string): typeof ts {
  return module === undefined ? ts : (createRequire(program)(module) as typeof ts);
}

function isOurs(file: string, root: string, program: string): boolean {
  return file === program || file.startsWith(root);
}
