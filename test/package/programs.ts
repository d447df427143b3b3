/** A program that publishes one text, and the project that it is in. */
export interface Program {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Whether the project has its own TypeScript; otherwise Pulumi compiles with its own, 3.8. */
  readonly ownCompiler: boolean;
}

const constructed = `new acr.OciArtifact("hello", {
  repository: "hello",
  artifactType: "application/vnd.example.hello.v1",
  layers: [{ content: "hello", title: "hello.txt" }],
  tags: ["1.0.0"],
  lock: true,
})`;

const typescript = `import * as pulumi from "@pulumi/pulumi";
import * as acr from "pulumi-acr";

const args: acr.TagLockArgs = { repository: "hello", tag: "1.0.0" };
const hello: acr.OciArtifact = ${constructed};
export const digest: pulumi.Output<string> = hello.digest;
export const tag: pulumi.Input<string> = args.tag;
`;

/** Settings of the template of `pulumi new typescript`. */
const templateSettings = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    forceConsistentCasingInFileNames: true,
  },
  files: ["index.ts"],
});

const modernSettings = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
  },
  files: ["index.ts"],
});

export const programs: readonly Program[] = [
  {
    name: "TypeScript without a compiler or settings of its own",
    ownCompiler: false,
    files: { ...project("index.ts"), "index.ts": typescript },
  },
  {
    name: "TypeScript with the old module resolution, as Pulumi's template has it",
    ownCompiler: true,
    files: { ...project("index.ts"), "index.ts": typescript, "tsconfig.json": templateSettings },
  },
  {
    name: "TypeScript with nodenext",
    ownCompiler: true,
    files: { ...project("index.ts"), "index.ts": typescript, "tsconfig.json": modernSettings },
  },
  {
    name: "JavaScript, CommonJS",
    ownCompiler: false,
    files: {
      ...project("index.js"),
      "index.js": `const acr = require("pulumi-acr");\n\nexports.digest = ${constructed}.digest;\n`,
    },
  },
  {
    name: "JavaScript, ECMAScript modules",
    ownCompiler: false,
    files: {
      ...project("index.js", "module"),
      "index.js": `import * as acr from "pulumi-acr";
import { OciArtifact } from "pulumi-acr";

const hello = ${constructed};
if (!(hello instanceof OciArtifact)) throw new Error("two packages");
export const digest = hello.digest;
`,
    },
  },
];

function project(main: string, type?: "module"): Record<string, string> {
  return {
    "Pulumi.yaml": "name: hello\nruntime: nodejs\n",
    "package.json": JSON.stringify({ name: "hello", private: true, main, type }),
  };
}
