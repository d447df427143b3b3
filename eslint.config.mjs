// What the compiler does not say. Types are used throughout: a promise that nobody waits for is an error.
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const typescript = ["**/*.ts"];
const source = ["resources/**/*.ts", "provider/**/*.ts", "emulator/**/*.ts", "tools/**/*.ts"];
const plainTools = ["tools/*.{mjs,cjs}", "eslint.config.mjs"];

/** Language that the code does without, and what is written instead. */
const unwanted = [
  ["ExportDefaultDeclaration", "Export by name: one name for one thing, wherever it is used."],
  ["TSEnumDeclaration", "Use a union of strings: it is what JavaScript users write."],
  ["ExportAllDeclaration", "Name what is exported: the public API is a list, not an accident."],
].map(([selector, message]) => ({ selector, message }));

export default defineConfig(
  globalIgnores(["dist/", ".build/", ".tools/", "coverage/", "**/node_modules/"]),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-empty": "error",
      "no-fallthrough": "error",
      "no-param-reassign": "error",
      "no-var": "error",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"], location: "start" }],
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "no-restricted-syntax": ["error", ...unwanted],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        {
          allowNumber: true,
          allowBoolean: true,
          allow: ["Error", "URL", "URLSearchParams"],
        },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/no-empty-object-type": [
        "error",
        { allowInterfaces: "with-single-extends" },
      ],
      // These three mistake what is needed: a default for an index that may be out of range, an assertion that
      // says what parsed JSON is, the string behind an enum of somebody else's.
      "@typescript-eslint/no-useless-default-assignment": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // An implementation of an asynchronous interface may have nothing to wait for; `async` makes its throws rejections.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: [...source, ...plainTools],
    rules: {
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 5],
    },
  },
  {
    // The registry's index is such a list; the test of the public API holds what comes of both.
    files: ["provider/client.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Doubles implement as much as a test needs, and hand methods on as values.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    // Programs that talk to a person.
    files: ["emulator/cli.ts", "emulator/cli/**", "tools/**", "test/bench/**", "examples/**"],
    rules: { "no-console": "off" },
  },
  {
    // A Pulumi program declares resources by constructing them.
    files: ["examples/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-vars": "off" },
  },
);
