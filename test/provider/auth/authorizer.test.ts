import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AuthAnswer, AuthRequest } from "../../../provider/auth/authSend.js";
import { Authorizer } from "../../../provider/auth/authorizer.js";
import type { Credential } from "../../../provider/auth/credential.js";
import { type Scope, repositoryScope } from "../../../provider/auth/scope.js";

const endpoint = { loginServer: "r.example.com", origin: "https://r.example.com" };
const PULL = [repositoryScope("a", "pull")];
const PUSH = [repositoryScope("a", "pull", "push")];
const NOW = 1_700_000_000_000;

const jwt = (lifetimeSeconds: number, id: string): string =>
  `e30.${Buffer.from(JSON.stringify({ exp: NOW / 1000 + lifetimeSeconds, id })).toString("base64url")}.c2ln`;

type Reply = Partial<{ status: number; headers: Record<string, string>; text: string }>;

function start(credential: Credential, reply: (request: AuthRequest, n: number) => Reply) {
  const asked: AuthRequest[] = [];
  const time = { now: NOW };
  const authorizer = new Authorizer({
    endpoint,
    credential,
    now: () => time.now,
    send: (request) => {
      asked.push(request);
      const { status = 200, headers = {}, text = "" } = reply(request, asked.length);
      assert.ok(request.expect.includes(status), `unexpected ${status} for ${request.path}`);
      const header = (name: string) => headers[name.toLowerCase()];
      return Promise.resolve<AuthAnswer>({ status, header, text });
    },
  });
  const paths = () => asked.map(({ method, path }) => `${method} ${path}`);
  return { authorizer, asked, time, paths };
}

const user: Credential = { kind: "token", username: "ü", password: "p:w" };
const entra = (): Credential => ({
  kind: "entra",
  credential: { getToken: () => Promise.resolve({ token: "entra", expiresOnTimestamp: NOW }) },
});
const access = (lifetime = 4500) => ({
  text: JSON.stringify({ access_token: jwt(lifetime, String(lifetime)) }),
});
const twoHops = (request: AuthRequest) =>
  request.path === "/oauth2/exchange"
    ? { text: JSON.stringify({ refresh_token: jwt(11_700, "refresh") }) }
    : access();

describe("an ACR", () => {
  it("user name and password: one request, and none for what the token covers", async () => {
    const { authorizer, asked, paths } = start(user, () => access());
    const both = await Promise.all([authorizer.header(PUSH), authorizer.header(PUSH)]);
    assert.match(both[0] ?? "", /^Bearer e30\./);
    await authorizer.header(PULL);
    assert.deepEqual(paths(), [
      "GET /oauth2/token?service=r.example.com&scope=repository%3Aa%3Apull%2Cpush",
    ]);
    assert.equal(asked[0]?.authorization, `Basic ${Buffer.from("ü:p:w").toString("base64")}`);
  });

  it("Entra: two requests, then one per new scope", async () => {
    const { authorizer, asked, paths } = start(entra(), twoHops);
    await Promise.all([authorizer.header(PULL), authorizer.header([repositoryScope("b", "pull")])]);
    assert.deepEqual(paths(), [
      "POST /oauth2/exchange",
      "POST /oauth2/token",
      "POST /oauth2/token",
    ]);
    assert.equal(asked[0]?.form?.get("access_token"), "entra");
    assert.equal(asked[1]?.form?.get("scope"), "repository:a:pull");
  });

  it("anonymous: the password grant without a user", async () => {
    const { authorizer, asked, paths } = start({ kind: "anonymous" }, () => access());
    await authorizer.header(PULL);
    assert.deepEqual(paths(), ["POST /oauth2/token"]);
    assert.equal(asked[0]?.form?.get("grant_type"), "password");
  });

  it("renews 60 s before the end", async () => {
    const { authorizer, asked, time } = start(user, () => access());
    await authorizer.header(PULL);
    time.now += 4_439_000;
    await authorizer.header(PULL);
    assert.equal(asked.length, 1);
    time.now += 1_000;
    await authorizer.header(PULL);
    assert.equal(asked.length, 2);
  });

  for (const skew of [-600_000, 600_000]) {
    it(`a clock that is ${skew / 1000} s off changes nothing`, async () => {
      const date = new Date(NOW).toUTCString();
      const { authorizer, asked, time } = start(user, () => ({ ...access(), headers: { date } }));
      time.now += skew;
      await authorizer.header(PULL);
      time.now += 4_400_000;
      await authorizer.header(PULL);
      assert.equal(asked.length, 1);
    });
  }

  it("a token that arrives expired is used once and no more", async () => {
    const { authorizer, asked } = start(user, () => access(-60));
    assert.match((await authorizer.header(PULL)) ?? "", /^Bearer/);
    await authorizer.header(PULL);
    assert.equal(asked.length, 2);
  });

  it("a 401 renews everything, once for all concurrent requests", async () => {
    let tokens = 0;
    const { authorizer, paths } = start(entra(), (request) => {
      if (request.path === "/oauth2/exchange") return twoHops(request);
      tokens += 1;
      return access(4500 + tokens);
    });
    const used = await authorizer.header(PULL);
    assert.ok(authorizer.renew(used, undefined));
    const [one] = await Promise.all([authorizer.header(PULL), authorizer.header(PULL)]);
    assert.ok(authorizer.renew(used, undefined));
    assert.equal(await authorizer.header(PULL), one);
    assert.notEqual(one, used);
    assert.equal(paths().filter((path) => path.endsWith("exchange")).length, 2);
  });

  it("a 401 is not retried with another cached token", async () => {
    let tokens = 0;
    const { authorizer } = start(user, () => access(4500 + ++tokens));
    const used = await authorizer.header(PULL);
    const wider = await authorizer.header(PUSH);
    // What invalidated one token, such as a new key or clock, may have invalidated the other.
    assert.ok(authorizer.renew(used, undefined));
    assert.notEqual(await authorizer.header(PULL), wider);
  });

  it("a kept refresh token that is refused is replaced once", async () => {
    const { authorizer, paths } = start(entra(), (request, n) =>
      n === 3 ? { status: 401 } : twoHops(request),
    );
    await authorizer.header(PULL);
    await authorizer.header(PUSH);
    assert.deepEqual(paths().slice(2), [
      "POST /oauth2/token",
      "POST /oauth2/exchange",
      "POST /oauth2/token",
    ]);
  });

  const failures: readonly [string, Credential, (n: number) => Reply, object][] = [
    [
      "wrong password",
      user,
      () => ({ status: 401 }),
      { code: "UNAUTHORIZED", message: /user name or password/ },
    ],
    [
      "no anonymous pull",
      { kind: "anonymous" },
      () => ({ status: 401 }),
      { code: "UNAUTHORIZED", message: /anonymous pull is not enabled/ },
    ],
    [
      "refused exchange",
      entra(),
      () => ({ status: 401 }),
      { code: "UNAUTHORIZED", message: /AcrPull.*audience/ },
    ],
    [
      "no access_token",
      user,
      () => ({ text: "{}" }),
      { code: "PROTOCOL", message: /no usable `access_token`/ },
    ],
    [
      "a token with a line break",
      user,
      () => ({ text: '{"access_token":"a\\r\\nb"}' }),
      { code: "PROTOCOL" },
    ],
    [
      "no refresh_token",
      entra(),
      () => ({ text: "{}" }),
      { code: "PROTOCOL", message: /`refresh_token`/ },
    ],
  ];
  for (const [name, credential, reply, error] of failures) {
    it(`reports ${name}`, async () => {
      const { authorizer, asked } = start(credential, (_, n) => reply(n));
      await assert.rejects(authorizer.header(PULL), error);
      assert.equal(asked.length, 1);
    });
  }

  for (const [name, credential] of [
    ["user name and password", user],
    ["Entra", entra()],
    ["anonymous", { kind: "anonymous" }],
  ] as const) {
    for (const [what, reply] of [
      ["a page", { text: "<html>sign in</html>" }],
      ["404", { status: 404, text: "not found" }],
      ["405", { status: 405 }],
    ] as const) {
      it(`${name}: ${what} in place of a token, after others were got, is no answer of it`, async () => {
        let down = false;
        const { authorizer, asked } = start(credential, (request) =>
          down ? reply : twoHops(request),
        );
        await authorizer.header(PULL);
        authorizer.forget();
        down = true;
        await assert.rejects(authorizer.header(PUSH), {
          code: "PROTOCOL",
          message:
            /^(?:get|exchange) .*r\.example\.com: there is no .+ although it gave tokens before\. .* proxy .* try again$/,
        });
        assert.ok(asked.every(({ path }) => path !== "/v2/"));
      });
    }
  }

  it("an Azure identity that gives no token fails with the reason and advice", async () => {
    const failing: Credential = {
      kind: "entra",
      credential: { getToken: () => Promise.reject(new Error("not signed\nin")) },
    };
    const { authorizer } = start(failing, () => access());
    await assert.rejects(authorizer.header(PULL), {
      code: "CREDENTIAL_UNAVAILABLE",
      message: /not signed in\. Sign in \("az login"\)/,
    });
  });
});

describe("another registry", () => {
  const challenged =
    (header: string, token: Reply = access()) =>
    (request: AuthRequest): Reply => {
      if (request.path.startsWith("/oauth2/")) return { status: 404, text: "404 page not found" };
      if (request.path !== "/v2/") return token;
      return header === "" ? {} : { status: 401, headers: { "www-authenticate": header } };
    };
  const modes: readonly [string, Credential, string, string | undefined][] = [
    ["open", user, "", undefined],
    ["open, anonymous", { kind: "anonymous" }, "", undefined],
    ["Basic", user, 'Basic realm="x"', `Basic ${Buffer.from("ü:p:w").toString("base64")}`],
    [
      "tokens",
      user,
      'Bearer realm="https://r.example.com/token?x=1",service="s"',
      `Bearer ${jwt(4500, "4500")}`,
    ],
    [
      "tokens, anonymous",
      { kind: "anonymous" },
      'Bearer realm="/token"',
      `Bearer ${jwt(4500, "4500")}`,
    ],
  ];
  for (const [name, credential, header, expected] of modes) {
    it(`${name}: is detected once`, async () => {
      const { authorizer, asked, paths } = start(credential, challenged(header));
      const headers = await Promise.all([authorizer.header(PULL), authorizer.header(PULL)]);
      assert.deepEqual(headers, [expected, expected]);
      await authorizer.header(PULL);
      assert.equal(asked.length, name.startsWith("tokens") ? 3 : 2, paths().join());
      assert.equal(asked[1]?.authorization, undefined);
    });
  }

  it("keeps the query of its realm, and its service", async () => {
    const { authorizer, paths } = start(user, challenged('Bearer realm="/token?x=1",service="s"'));
    await authorizer.header(PULL);
    assert.equal(paths()[2], "GET /token?x=1&service=s&scope=repository%3Aa%3Apull");
  });

  const refused: readonly [string, Credential, string, RegExp][] = [
    [
      "a realm elsewhere",
      user,
      'Bearer realm="https://evil.example/token"',
      /elsewhere \(evil\.example\)/,
    ],
    [
      "a realm without https",
      user,
      'Bearer realm="http://r.example.com/token"',
      /a token server elsewhere/,
    ],
    ["Basic for an anonymous caller", { kind: "anonymous" }, "Basic", /kind "token"/],
    ["an Azure identity", entra(), 'Bearer realm="/token"', /not an Azure Container Registry/],
  ];
  for (const [name, credential, header, message] of refused) {
    it(`${name} is refused, and gets no request`, async () => {
      const { authorizer, asked } = start(credential, challenged(header));
      await assert.rejects(authorizer.header(PULL), { code: "CREDENTIAL_UNAVAILABLE", message });
      assert.equal(asked.length, 2);
    });
  }

  it("is detected by one request while another still waits for a token", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const authorizer = new Authorizer({
      endpoint,
      credential: { kind: "anonymous" },
      now: () => NOW,
      send: async ({ path, form }) => {
        if (form?.get("scope")?.endsWith("push") === true) await held;
        return { status: path === "/v2/" ? 200 : 404, header: () => undefined, text: "" };
      },
    });
    const late = authorizer.header(PUSH);
    assert.equal(await authorizer.header(PULL), undefined);
    release(undefined);
    assert.equal(await late, undefined);
  });

  it("that sends its challenge only later is supported", async () => {
    const { authorizer } = start(user, challenged(""));
    assert.equal(await authorizer.header(PULL), undefined);
    assert.ok(authorizer.renew(undefined, "Basic"));
    assert.match((await authorizer.header(PULL)) ?? "", /^Basic /);
    assert.equal(authorizer.renew("Basic", "Basic"), false);
  });
});

describe("an aborted wait", () => {
  it("does not end the request that others wait for", async () => {
    let answer = (_: Reply): void => undefined;
    const scopes: readonly Scope[] = PULL;
    const authorizer = new Authorizer({
      endpoint,
      credential: user,
      now: () => NOW,
      send: () =>
        new Promise((resolve) => {
          answer = ({ text = "" }) => resolve({ status: 200, header: () => undefined, text });
        }),
    });
    const controller = new AbortController();
    const gone = authorizer.header(scopes, controller.signal);
    const waiting = authorizer.header(scopes);
    await new Promise(setImmediate);
    controller.abort(new Error("gone"));
    await assert.rejects(gone, /gone/);
    answer(access());
    assert.match((await waiting) ?? "", /^Bearer/);
  });
});
