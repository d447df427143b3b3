import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import * as ts from "typescript";
import { KINDS } from "../../provider/lifecycle/kinds.js";
import { checkout } from "../../tools/installed.js";
import { moduleExports } from "../support/moduleExports.js";

const page = readFileSync(join(checkout, "docs", "resources.md"), "utf8");

/** A resource class, as read from its source. */
interface DeclaredClass {
  readonly name: string;
  /** Properties of the arguments of its constructor. */
  readonly inputs: readonly string[];
  /** Outputs that a program can read. */
  readonly outputs: readonly string[];
}

describe("docs/resources.md", function () {
  // The compiler reads the resources.
  this.timeout(60_000);

  const classes = declaredClasses();
  it("is held against every kind of resource", () => {
    assert.deepEqual(classes.map(({ name }) => name).sort(), Object.keys(KINDS).sort());
  });

  for (const { name, inputs, outputs } of classes) {
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
    const instance = checker.getDeclaredTypeOfSymbol(symbol) as ts.InterfaceType;
    // Other classes, such as that of errors, are no resources.
    if (!ancestors(checker, instance).includes("CustomResource")) return [];
    return [declaredClass(checker, exported.name, { declaration, instance })];
  });
}

function ancestors(checker: ts.TypeChecker, type: ts.InterfaceType): string[] {
  return checker.getBaseTypes(type).flatMap((base) => {
    const rest = base.isClass() ? ancestors(checker, base) : [];
    return [base.symbol.name, ...rest];
  });
}

function declaredClass(
  checker: ts.TypeChecker,
  name: string,
  { declaration, instance }: { declaration: ts.ClassDeclaration; instance: ts.InterfaceType },
): DeclaredClass {
  const args = declaration.members.find(ts.isConstructorDeclaration)?.parameters[1];
  assert.ok(args !== undefined, `${name} has a constructor with arguments`);
  const inputs = checker.getTypeAtLocation(args).getProperties();
  const outputs = instance.getProperties().filter(isOurOutput);
  return {
    name,
    inputs: inputs.map((property) => property.name),
    outputs: outputs.map((property) => property.name),
  };
}

/** Pulumi's own members, such as `urn`, are not ours to document. */
function isOurOutput({ valueDeclaration }: ts.Symbol): boolean {
  if (valueDeclaration === undefined) return false;
  const isRead =
    ts.isPropertyDeclaration(valueDeclaration) || ts.isGetAccessorDeclaration(valueDeclaration);
  return isRead && !valueDeclaration.getSourceFile().fileName.includes("node_modules");
}
