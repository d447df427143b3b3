import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import * as ts from "typescript";
import { checkout } from "../../tools/installed.js";
import { moduleExports } from "../support/moduleExports.js";

const page = readFileSync(join(checkout, "docs", "resources.md"), "utf8");

/** A class that programs declare, as its source says. */
interface DeclaredClass {
  readonly name: string;
  /** Properties of the arguments of its constructor. */
  readonly inputs: readonly string[];
  /** What a program reads from it. */
  readonly outputs: readonly string[];
}

describe("docs/resources.md", function () {
  // The compiler reads the resources.
  this.timeout(60_000);

  for (const { name, inputs, outputs } of declaredClasses()) {
    describe(name, () => {
      const section = sectionOf(name);
      it("has a section", () => assert.notEqual(section, ""));
      it("names every input", () => {
        const told = section + (refersToArtifact(section) ? sectionOf("OciArtifact") : "");
        assert.deepEqual(
          inputs.filter((input) => input !== "registry" && !told.includes(`\`${input}\``)),
          [],
        );
      });
      it("names every output", () => {
        const named = (output: string): boolean =>
          section.includes(`\`${output}\``) || section.includes("the four attributes");
        assert.deepEqual(
          outputs.filter((output) => !named(output)),
          [],
        );
      });
      it("says what replaces it and what delete does", () => {
        assert.match(section, /\*\*Replaced\*\*/u);
        assert.match(section, /\*\*Deleted\*\*/u);
      });
    });
  }
});

function refersToArtifact(section: string): boolean {
  return section.includes("of `OciArtifact`");
}

function sectionOf(name: string): string {
  const [, text = ""] = new RegExp(`^## ${name}\n([^]*?)(?=^## |(?![^]))`, "mu").exec(page) ?? [];
  return text;
}

function declaredClasses(): DeclaredClass[] {
  const { checker, symbols } = moduleExports(join(checkout, "resources", "index.ts"));
  return symbols.flatMap((exported) => {
    const symbol =
      (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
    const declaration = symbol.valueDeclaration;
    if (declaration === undefined || !ts.isClassDeclaration(declaration)) return [];
    // Other classes, such as that of errors, are no resources.
    if (declaration.heritageClauses?.[0]?.getText() !== "extends pulumi.CustomResource") return [];
    return [declaredClass(checker, exported.name, declaration)];
  });
}

function declaredClass(
  checker: ts.TypeChecker,
  name: string,
  declaration: ts.ClassDeclaration,
): DeclaredClass {
  const args = declaration.members.find(ts.isConstructorDeclaration)?.parameters[1];
  assert.ok(args !== undefined, `${name} has a constructor with arguments`);
  const inputs = checker.getTypeAtLocation(args).getProperties();
  const outputs = declaration.members.filter(
    (member) => ts.isPropertyDeclaration(member) || ts.isGetAccessorDeclaration(member),
  );
  return {
    name,
    inputs: inputs.map((property) => property.name),
    outputs: outputs.map((member) => member.name.getText()),
  };
}
