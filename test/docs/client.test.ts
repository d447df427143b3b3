import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { CREDENTIAL_NAMES } from "../../provider/arguments/registrySettings.js";
import * as client from "../../provider/registry/index.js";
import { checkout, foreignTool } from "../../tools/installed.js";

const page = readFileSync(join(checkout, "docs", "client.md"), "utf8");

describe("docs/client.md", () => {
  it("links to files that exist", () => {
    for (const [, target = ""] of page.matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.ok(existsSync(join(checkout, "docs", target)), `${target} is missing`);
    }
  });

  it("names every credential", () => {
    for (const kind of [...CREDENTIAL_NAMES, "entra"])
      assert.ok(page.includes(`| \`${kind}\``), kind);
  });

  it("tells the clouds as they are", () => {
    for (const { authorityHost, audience } of Object.values(client.AZURE_CLOUDS)) {
      assert.match(page, new RegExp(`\\| \`${authorityHost}\` +\\| \`${audience}\``));
    }
  });

  it("names every error code", () => {
    const errors = readFileSync(join(checkout, "provider", "errors.ts"), "utf8");
    const union = /type AcrErrorCode =([^]*?)^const/m.exec(errors)?.[1] ?? "";
    const codes = [...union.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code = ""]) => code);
    assert.ok(codes.includes("INPUT_INVALID") && codes.includes("CREDENTIAL_UNAVAILABLE"));
    assert.deepEqual(
      codes.filter((code) => !page.includes(`\`${code}\``)),
      [],
    );
  });

  const { path: node } = foreignTool("azure-sdk-node");
  if (node !== undefined) {
    it("has every method and value of Microsoft's library for JavaScript", () => {
      const found = spawnSync(node, ["-p", "require.resolve('@azure/container-registry')"], {
        encoding: "utf8",
      });
      const types = join(dirname(found.stdout.trim()), "..", "esm");
      const names = namesOf(types, [
        ["containerRegistryClient.d.ts", ["ContainerRegistryClient"]],
        ["containerRepository.d.ts", ["ContainerRepository"]],
        ["registryArtifact.d.ts", ["RegistryArtifact"]],
        ["content/containerRegistryContentClient.d.ts", ["ContainerRegistryContentClient"]],
      ]);
      assert.ok(names.length >= 20, String(names));
      assert.deepEqual(
        names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page)),
        [],
      );
      const values = `Object.keys(require("@azure/container-registry")).join()`;
      const exported = spawnSync(node, ["-p", values], { encoding: "utf8" })
        .stdout.trim()
        .split(",");
      assert.deepEqual(
        exported.filter((name) => !page.includes(name)),
        [],
      );
    });
  }

  const { path: python } = foreignTool("azure-sdk-python");
  if (python !== undefined) {
    it("has every method and value of Microsoft's library for Python", () => {
      const program =
        "import azure.containerregistry as a, json\n" +
        "methods = [n for n in dir(a.ContainerRegistryClient) if not n.startswith('_')]\n" +
        "print(json.dumps([methods, a.__all__]))";
      const { stdout } = spawnSync(python, ["-c", program], { encoding: "utf8" });
      const [methods = [], exported = []] = JSON.parse(stdout) as string[][];
      assert.ok(methods.includes("list_repository_names"));
      assert.deepEqual(
        [...methods, ...exported].filter((name) => !isTold(name)),
        [],
      );
    });
  }
});

/** Classes of properties and results are recognised by their members. */
function isTold(name: string): boolean {
  const members = /Properties$|^GetManifestResult$|^DownloadBlobStream$/;
  return members.test(name) || new RegExp(`\\b${name}\\b`).test(page);
}

/** Names of the public members that the declarations of a library have. */
function namesOf(
  folder: string,
  files: readonly (readonly [string, readonly string[]])[],
): string[] {
  return files.flatMap(([file, types]) => {
    const text = readFileSync(join(folder, file), "utf8");
    return types.flatMap((type) => {
      const body =
        new RegExp(`(?:class|interface) ${type} \\{([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? "";
      const members = [...body.matchAll(/^ {4}(?!private )(?:readonly )?(\w+)[(:?]/gm)].map(
        ([, name = ""]) => name,
      );
      return members.filter((name) => name !== "constructor");
    });
  });
}
