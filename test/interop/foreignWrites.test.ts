import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { type Emulator, startEmulator } from "../../emulator/index.js";
import { type ForeignClient, ForeignClients, itWith } from "../support/foreignClients.js";
import { EmptyKubernetes } from "./emptyKubernetes.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const CHART = `apiVersion: v2
name: web
version: 1.2.3
description: one config map
`;
const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
`;

/** Every operation of foreign clients, signed in as the admin user by their own commands. */
describe("the emulator serves", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let clients: ForeignClients;
  let folder: TemporaryFolder;

  before(async () => {
    emulator = await startEmulator();
    clients = new ForeignClients();
    folder = new TemporaryFolder();
    folder.write({
      "note.txt": "a note\n",
      "sbom.json": "{}\n",
      "tree/file": "in a layer\n",
      "web/Chart.yaml": CHART,
      "web/templates/map.yaml": TEMPLATE,
    });
    execFileSync("tar", ["-cf", "layer.tar", "-C", "tree", "file"], { cwd: folder.path });
  });
  after(async () => {
    folder.remove();
    clients.remove();
    await emulator.close();
  });

  const at = (name: string): string => `${emulator.loginServer}/${name}`;
  const run = (client: ForeignClient, line: string, input?: string): Promise<string> =>
    clients.run(client, line.split(" "), {
      cwd: folder.path,
      ...(input === undefined ? {} : { input }),
    });
  /** Signs in by the client's own command. */
  const signIn = (client: ForeignClient, command: string): Promise<string> => {
    const { username, password } = emulator.credentials;
    return run(client, `${command} --username ${username} --password-stdin`, password);
  };
  const lines = (text: string): string[] => text.trim().split("\n").sort();
  const stillThere = async (repository: string, digest: string): Promise<boolean> => {
    const somebody = new Somebody(emulator, repository);
    try {
      return await somebody.has(digest);
    } finally {
      somebody.close();
    }
  };

  itWith(
    ["oras"],
    "oras: push, pull, copy, list, tag, index, attach, discover, delete",
    async () => {
      const oras = (line: string): Promise<string> => run("oras", line);
      await signIn("oras", `login ${emulator.loginServer} --plain-http`);
      const thing = at("oras/thing");
      await oras(
        `push --plain-http --artifact-type application/vnd.example ${thing}:v1 note.txt:text/plain`,
      );
      await oras(`pull --plain-http -o pulled ${thing}:v1`);
      assert.equal(readFileSync(join(folder.path, "pulled", "note.txt"), "utf8"), "a note\n");
      await oras(`tag --plain-http ${thing}:v1 v2`);
      await oras(`manifest index create --plain-http ${thing}:all v1 v2`);
      assert.deepEqual(lines(await oras(`repo tags --plain-http ${thing}`)), ["all", "v1", "v2"]);
      await oras(
        `attach --plain-http --artifact-type application/vnd.sbom ${thing}:v1 sbom.json:application/json`,
      );
      assert.match(
        await oras(`discover --plain-http --format json ${thing}:v1`),
        /application\/vnd\.sbom/,
      );
      await oras(`cp -r --from-plain-http --to-plain-http ${thing}:v1 ${at("oras/copy")}:v1`);
      assert.match(
        await oras(`discover --plain-http --format json ${at("oras/copy")}:v1`),
        /vnd\.sbom/,
      );
      assert.match(
        await oras(`repo ls --plain-http ${emulator.loginServer}`),
        /oras\/copy\noras\/thing/,
      );
      const digest = (await oras(`resolve --plain-http ${at("oras/copy")}:v1`)).trim();
      await oras(`manifest delete --plain-http --force ${at("oras/copy")}@${digest}`);
      assert.equal(await stillThere("oras/copy", digest), false);
    },
  );

  itWith(["crane"], "crane: push, pull, copy, list, tag, index, delete", async () => {
    const crane = (line: string): Promise<string> => run("crane", `--insecure ${line}`);
    await signIn("crane", `auth login ${emulator.loginServer}`);
    const image = at("crane/image");
    await crane(`append -f layer.tar -t ${image}:v1`);
    await crane(`pull ${image}:v1 image.tar`);
    assert.ok(existsSync(join(folder.path, "image.tar")));
    await crane(`tag ${image}:v1 v2`);
    await crane(`index append -m ${image}:v1 -t ${image}:all`);
    assert.deepEqual(lines(await crane(`ls ${image}`)), ["all", "v1", "v2"]);
    await crane(`copy ${image}:v1 ${at("crane/copy")}:v1`);
    assert.match(await crane(`catalog ${emulator.loginServer}`), /crane\/copy\ncrane\/image/);
    const digest = (await crane(`digest ${at("crane/copy")}:v1`)).trim();
    await crane(`delete ${at("crane/copy")}@${digest}`);
    assert.equal(await stillThere("crane/copy", digest), false);
  });

  itWith(
    ["regctl"],
    "regctl: push, pull, copy, list, index, attach, discover, delete",
    async () => {
      const regctl = (line: string): Promise<string> => run("regctl", line);
      await regctl(`registry set ${emulator.loginServer} --tls disabled`);
      const { username, password } = emulator.credentials;
      await run(
        "regctl",
        `registry login ${emulator.loginServer} -u ${username} --pass-stdin`,
        password,
      );
      const thing = at("regctl/thing");
      await regctl(`artifact put --artifact-type application/vnd.example -f note.txt ${thing}:v1`);
      assert.equal(await regctl(`artifact get ${thing}:v1`), "a note\n");
      await regctl(`image copy ${thing}:v1 ${thing}:v2`);
      await regctl(`index create ${thing}:all --ref ${thing}:v1`);
      assert.deepEqual(lines(await regctl(`tag ls ${thing}`)), ["all", "v1", "v2"]);
      await regctl(
        `artifact put --artifact-type application/vnd.sbom -f sbom.json --subject ${thing}:v1`,
      );
      assert.match(await regctl(`artifact list ${thing}:v1`), /application\/vnd\.sbom/);
      await regctl(`image copy ${thing}:v1 ${at("regctl/copy")}:v1`);
      assert.match(await regctl(`repo ls ${emulator.loginServer}`), /regctl\/copy\nregctl\/thing/);
      const digest = (await regctl(`image digest ${at("regctl/copy")}:v1`)).trim();
      await regctl(`manifest delete ${at("regctl/copy")}@${digest}`);
      assert.equal(await stillThere("regctl/copy", digest), false);
    },
  );

  itWith(["skopeo", "crane"], "skopeo: push, pull, copy, list, delete", async () => {
    const skopeo = (line: string): Promise<string> => run("skopeo", line);
    await signIn("skopeo", `login --tls-verify=false ${emulator.loginServer}`);
    await signIn("crane", `auth login ${emulator.loginServer}`);
    await run("crane", `--insecure append -f layer.tar -t ${at("skopeo/source")}:v1`);
    const image = `docker://${at("skopeo/image")}`;
    const insecure = "--src-tls-verify=false --dest-tls-verify=false --insecure-policy";
    await skopeo(`copy ${insecure} docker://${at("skopeo/source")}:v1 dir:pulled-image`);
    await skopeo(`copy ${insecure} dir:pulled-image ${image}:v1`);
    await skopeo(`copy ${insecure} ${image}:v1 ${image}:v2`);
    const listed = JSON.parse(await skopeo(`list-tags --tls-verify=false ${image}`)) as {
      Tags: string[];
    };
    assert.deepEqual(listed.Tags, ["v1", "v2"]);
    const inspected = JSON.parse(await skopeo(`inspect --tls-verify=false ${image}:v1`)) as {
      Digest: string;
    };
    await skopeo(`delete --tls-verify=false ${image}@${inspected.Digest}`);
    assert.equal(await stillThere("skopeo/image", inspected.Digest), false);
  });

  itWith(["helm"], "helm: package, push, show, pull and a dry run of an install", async () => {
    const helm = (line: string): Promise<string> => run("helm", line);
    await signIn("helm", `registry login ${emulator.loginServer} --plain-http`);
    await helm("package web");
    await helm(`push web-1.2.3.tgz oci://${at("charts")} --plain-http`);
    const chart = `oci://${at("charts/web")} --version 1.2.3 --plain-http`;
    assert.match(await helm(`show chart ${chart}`), /description: one config map/);
    await helm(`pull ${chart} --untar --untardir charts`);
    assert.equal(
      readFileSync(join(folder.path, "charts/web/templates/map.yaml"), "utf8"),
      TEMPLATE,
    );
    const kubernetes = await EmptyKubernetes.start();
    try {
      const install = `install trial ${chart} --dry-run=client --disable-openapi-validation --kube-apiserver ${kubernetes.url}`;
      assert.match(await helm(install), /kind: ConfigMap\nmetadata:\n {2}name: trial/);
    } finally {
      await kubernetes.close();
    }
  });
});
