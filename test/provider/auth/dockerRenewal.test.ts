import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { AuthRequest } from "../../../provider/auth/authSend.js";
import { Authorizer } from "../../../provider/auth/authorizer.js";
import { repositoryScope } from "../../../provider/auth/scope.js";
import { hasCode } from "../../../provider/errors.js";
import { TemporaryFolder } from "../../support/temporaryFolder.js";

const HOST = "r.example.com";
const PULL = [repositoryScope("a", "pull")];
const PUSH = [repositoryScope("a", "pull", "push")];
const basicOf = (password: string): string =>
  `Basic ${Buffer.from(`u:${password}`).toString("base64")}`;

/** Entries of Docker's configuration that hold a secret, and how a request for a token shows it. */
const ENTRIES = {
  "an identity token": {
    entry: (secret: string) => ({ identitytoken: secret }),
    shown: ({ form }: AuthRequest) => form?.get("refresh_token"),
    show: (secret: string) => secret,
  },
  "a password": {
    entry: (secret: string) => ({ username: "u", password: secret }),
    shown: ({ authorization }: AuthRequest) => authorization,
    show: basicOf,
  },
} as const;

describe("a renewed Docker login", () => {
  let folder: TemporaryFolder;
  let file: string;
  const write = (entry: object): void =>
    writeFileSync(file, JSON.stringify({ auths: { [HOST]: entry } }));
  beforeEach(() => {
    folder = new TemporaryFolder();
    file = join(folder.path, "config.json");
  });
  afterEach(() => folder.remove());

  /** A registry that accepts one secret; with `challenge` it is not an ACR. */
  function start(takes: (request: AuthRequest) => boolean, challenge?: string) {
    const asked: string[] = [];
    const authorizer = new Authorizer({
      endpoint: { loginServer: HOST, origin: `https://${HOST}` },
      credential: { kind: "docker-config", configFile: file },
      now: () => 0,
      send: (request) => {
        const [path = ""] = request.path.split("?");
        asked.push(path);
        const said = (status: number, text = "", header?: string) =>
          Promise.resolve({ status, text, header: () => header });
        if (path === "/v2/") return said(401, "", challenge);
        if (challenge !== undefined && path === "/oauth2/token") return said(404);
        return takes(request) ? said(200, `{"access_token":"t${asked.length}"}`) : said(401);
      },
    });
    return { authorizer, asked };
  }

  for (const [name, { entry, shown, show }] of Object.entries(ENTRIES)) {
    for (const [registry, challenge] of [
      ["an ACR", undefined],
      ["another registry", 'Bearer realm="/token"'],
    ] as const) {
      it(`${name} at ${registry}: is read again when the old one is refused`, async () => {
        write(entry("old"));
        let valid = "old";
        const { authorizer, asked } = start((request) => shown(request) === show(valid), challenge);
        await authorizer.header(PULL);
        valid = "new";
        const before = asked.length;
        // Without a new login the refusal stays, and is received only once.
        await assert.rejects(authorizer.header(PUSH), (error) => hasCode(error, "UNAUTHORIZED"));
        assert.equal(asked.length, before + 1);
        write(entry("new"));
        assert.match((await authorizer.header(PUSH)) ?? "", /^Bearer t/);
        assert.equal(asked.length, before + 3);
      });
    }
  }

  it("goes with the next request where the registry wants Basic", async () => {
    write(ENTRIES["a password"].entry("old"));
    const { authorizer } = start(() => false, "Basic");
    const used = await authorizer.header(PULL);
    assert.equal(used, basicOf("old"));
    write(ENTRIES["a password"].entry("new"));
    assert.ok(authorizer.renew(used, "Basic"));
    assert.equal(await authorizer.header(PULL), basicOf("new"));
  });
});
