import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findDockerLogin } from "../../../provider/auth/dockerConfig.js";
import { hasCode } from "../../../provider/errors.js";
import { TemporaryFolder } from "../../support/temporaryFolder.js";
import { environmentForTests } from "./environmentVariables.js";

const HOST = "contoso.azurecr.io";
const CANARY = "canary-of-docker";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const password = { username: "push", password: CANARY };
const auths = (entry: object, key = HOST): object => ({ auths: { [key]: entry } });

/** Helper programs by name, as shell scripts; `$1` is the verb, standard input the registry. */
const HELPERS: Readonly<Record<string, string>> = {
  good: `read -r host; echo "$1 $host" >> asked; echo '{"ServerURL":"x","Username":"push","Secret":"${CANARY}"}'`,
  identity: `echo '{"Username":"<token>","Secret":"${CANARY}"}'`,
  empty: `echo 'credentials not found in native keychain'; exit 1`,
  broken: `echo 'the keychain is locked'; exit 1`,
  chatty: `echo '${CANARY} is your password'`,
  silent: `exit 0`,
  endless: `yes ${CANARY}`,
};

describe("the login in Docker's configuration", function () {
  this.timeout(10_000);
  const set = environmentForTests();
  let folder: TemporaryFolder;
  const write = (config: unknown): string => {
    const file = join(folder.path, "config.json");
    writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
    return file;
  };
  beforeEach(() => {
    folder = new TemporaryFolder();
    for (const [name, script] of Object.entries(HELPERS)) {
      const program = join(folder.path, `docker-credential-${name}`);
      writeFileSync(program, `#!/bin/sh\ncd '${folder.path}'\n${script}\n`, { mode: 0o755 });
    }
    set({
      DOCKER_CONFIG: folder.path,
      PATH: [folder.path, process.env["PATH"] ?? ""].join(delimiter),
    });
  });
  afterEach(() => folder.remove());

  for (const [name, config, login] of [
    ["auth", auths({ auth: base64(`push:${CANARY}`) }), password],
    [
      "an auth with colons",
      auths({ auth: base64("push:a:b:c") }),
      { username: "push", password: "a:b:c" },
    ],
    ["an auth in UTF-8", auths({ auth: base64("pü:sch") }), { username: "pü", password: "sch" }],
    ["an auth that Docker padded", auths({ auth: base64(`push:${CANARY}\0\0`) }), password],
    ["user name and password", auths(password), password],
    ["an old address", auths({ auth: base64(`push:${CANARY}`) }, `https://${HOST}/v1/`), password],
    [
      "an identity token, whatever stands beside it",
      auths({ auth: base64("00000000-0000-0000-0000-000000000000:"), identitytoken: CANARY }),
      { identityToken: CANARY },
    ],
    [
      "the helper of the registry",
      { credHelpers: { [HOST]: "good" }, credsStore: "broken" },
      password,
    ],
    ["the store of all", { credsStore: "good", auths: { [HOST]: {} } }, password],
    ["an identity token of a helper", { credsStore: "identity" }, { identityToken: CANARY }],
    [
      "the file, where the store has nothing",
      { credsStore: "empty", ...auths({ auth: base64(`push:${CANARY}`) }) },
      password,
    ],
  ] as const) {
    it(`is found by ${name}`, async () => {
      write(config);
      assert.deepEqual(await findDockerLogin(HOST), login);
    });
  }

  it("is requested by the name used at login", async () => {
    write({ credsStore: "good", auths: { [`https://${HOST}`]: {} } });
    await findDockerLogin(HOST);
    assert.equal(readFileSync(join(folder.path, "asked"), "utf8"), `get https://${HOST}\n`);
  });

  for (const [name, config, reason] of [
    ["no entry", { auths: {} }, /has no login for contoso\.azurecr\.io: run "docker login/],
    ["another registry's entry", auths(password, `x.${HOST}`), /has no login/],
    ["a name of every object's", { auths: {}, credHelpers: {} }, /has no login/],
    ["a store without it", { credsStore: "empty" }, /has no login/],
    ["no JSON", `{"auths": "${CANARY}`, /is not JSON/],
    [
      "an auth that is none",
      auths({ auth: base64(CANARY) }),
      /not a user name and a password in base64/,
    ],
    [
      "a helper that is absent",
      { credsStore: "absent" },
      /docker-credential-absent, which cannot be run/,
    ],
    ["a helper that fails", { credsStore: "broken" }, /exit code 1\): the keychain is locked/],
    ["a helper that says something else", { credsStore: "chatty" }, /something other than JSON/],
    ["a helper that says nothing", { credsStore: "silent" }, /something other than JSON/],
    ["a helper without end", { credsStore: "endless" }, /exit code none/],
    [
      "a helper that is a path",
      { credsStore: "../../bin/sh" },
      /is not the name of a Docker credential helper/,
    ],
  ] as const) {
    it(`is refused with its reason: ${name}`, async () => {
      write(config);
      await assert.rejects(findDockerLogin(HOST), (error: Error) => {
        assert.match(error.message, reason);
        assert.ok(!`${error.stack} ${String(error.cause)}`.includes(CANARY), error.stack);
        return hasCode(error, "CREDENTIAL_UNAVAILABLE");
      });
    });
  }

  it("names the path of a missing configuration", async () => {
    const file = join(folder.path, "elsewhere.json");
    await assert.rejects(findDockerLogin(HOST, file), /elsewhere\.json cannot be read \(ENOENT\)/);
  });
});
