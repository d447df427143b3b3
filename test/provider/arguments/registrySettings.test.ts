import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InputError } from "../../../provider/errors.js";
import {
  type RegistryArguments,
  type RegistrySettings,
  settleRegistry,
} from "../../../provider/arguments/registrySettings.js";

interface Places {
  readonly argument?: RegistryArguments;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

function settle({ argument = {}, configuration = {}, environment = {} }: Places): RegistrySettings {
  return settleRegistry(argument, {
    configuration: (key) => configuration[key],
    environment: (name) => environment[name],
  });
}

const token = (username: string, password: string) => ({ kind: "token", username, password });
const IDENTITY = { kind: "default", tenantId: undefined, clientId: undefined };
const HERE = "here.azurecr.io";

describe("the settings of a registry", () => {
  const servers: readonly (readonly [string, Places, string])[] = [
    [
      "the argument comes first",
      {
        argument: { loginServer: "a.azurecr.io" },
        configuration: { loginServer: "b.azurecr.io" },
        environment: { ACR_LOGIN_SERVER: "c.azurecr.io" },
      },
      "https://a.azurecr.io",
    ],
    [
      "then the stack's configuration",
      {
        configuration: { loginServer: "b.azurecr.io" },
        environment: { ACR_LOGIN_SERVER: "c.azurecr.io" },
      },
      "https://b.azurecr.io",
    ],
    [
      "then the environment",
      { environment: { ACR_LOGIN_SERVER: "c.azurecr.io" } },
      "https://c.azurecr.io",
    ],
    [
      "an empty value is none",
      { configuration: { loginServer: "" }, environment: { ACR_LOGIN_SERVER: "c.azurecr.io" } },
      "https://c.azurecr.io",
    ],
  ];
  for (const [what, places, origin] of servers) {
    it(`login server: ${what}`, () => {
      assert.equal(settle(places).endpoint.origin, origin);
    });
  }

  const argument = { loginServer: HERE };
  const credentials: readonly (readonly [string, Places, object])[] = [
    ["Azure's own search if nothing is said", {}, IDENTITY],
    [
      "the tenant and client of the environment",
      { environment: { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" } },
      { kind: "default", tenantId: "t", clientId: "c" },
    ],
    [
      "user name and password of the argument",
      {
        argument: { username: "a", password: "1" },
        configuration: { username: "b", password: "2" },
        environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" },
      },
      token("a", "1"),
    ],
    [
      "of the configuration",
      {
        configuration: { username: "b", password: "2" },
        environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" },
      },
      token("b", "2"),
    ],
    [
      "of the environment",
      { environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" } },
      token("c", "3"),
    ],
    [
      "each part from the first place that has it",
      { argument: { username: "a" }, environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" } },
      token("a", "3"),
    ],
    [
      "variables that the argument names",
      {
        argument: { usernameVariable: "WHO", passwordVariable: "HUSH" },
        environment: { WHO: "w", HUSH: "4", ACR_USERNAME: "c", ACR_PASSWORD: "3" },
      },
      token("w", "4"),
    ],
    [
      "variables that the environment names",
      { environment: { ACR_USERNAME: "c", ACR_PASSWORD_VARIABLE: "HUSH", HUSH: "4" } },
      token("c", "4"),
    ],
    [
      "anonymous, if that is named, whatever else there is",
      {
        argument: { credential: "anonymous" },
        environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" },
      },
      { kind: "anonymous" },
    ],
    [
      "Azure's own search, if that is named, whatever else there is",
      {
        configuration: { credential: "default" },
        environment: { ACR_USERNAME: "c", ACR_PASSWORD: "3" },
      },
      IDENTITY,
    ],
    [
      "a password that stands before a name of a credential",
      {
        argument: { username: "a", password: "1" },
        environment: { ACR_CREDENTIAL: "anonymous" },
      },
      token("a", "1"),
    ],
  ];
  for (const [what, places, credential] of credentials) {
    it(`credential: ${what}`, () => {
      const settled = settle({ ...places, argument: { ...argument, ...places.argument } });
      assert.deepEqual(settled.credential, credential);
    });
  }

  describe("settings from a source that names another login server", () => {
    const secrets = { ACR_USERNAME: "c", ACR_PASSWORD: "3", ACR_AUDIENCE: "audience" };
    const others = [
      "there.azurecr.io",
      "https://there.azurecr.io",
      "http://here.azurecr.io",
      "here.azurecr.io:8443",
      "not a name",
    ];
    for (const other of others) {
      it(`only Azure's own variables are used: environment for ${other}`, () => {
        const settled = settle({
          argument,
          environment: { ...secrets, ACR_LOGIN_SERVER: other, AZURE_TENANT_ID: "t" },
        });
        const identity = { ...IDENTITY, tenantId: "t" };
        assert.deepEqual([settled.credential, settled.audience], [identity, undefined]);
      });
      it(`none are used: configuration for ${other}`, () => {
        const settled = settle({
          argument,
          configuration: { loginServer: other, username: "b", password: "2", audience: "audience" },
        });
        assert.deepEqual([settled.credential, settled.audience], [IDENTITY, undefined]);
      });
    }
    it("the next source is used", () => {
      const { credential } = settle({
        argument,
        configuration: { loginServer: "there.azurecr.io", username: "b", password: "2" },
        environment: { ...secrets, ACR_LOGIN_SERVER: `https://${HERE.toUpperCase()}/` },
      });
      assert.deepEqual(credential, token("c", "3"));
    });
    it("the configuration decides whether the environment's password is used", () => {
      const { endpoint, credential } = settle({
        configuration: { loginServer: HERE },
        environment: { ...secrets, ACR_LOGIN_SERVER: "there.azurecr.io" },
      });
      assert.deepEqual([endpoint.loginServer, credential], [HERE, IDENTITY]);
    });
  });

  const refused: readonly (readonly [string, Places, string, RegExp])[] = [
    ["no login server", {}, "registry.loginServer", /registry: \{.*config set.*ACR_LOGIN_SERVER/],
    [
      "a password without a user name",
      { argument: { loginServer: HERE, password: "hush" } },
      "registry.credential",
      /give `registry\.username`, or run `pulumi config set acr:username`/,
    ],
    [
      "a user name without a password",
      { argument: { loginServer: HERE, username: "a" } },
      "registry.credential",
      /give `registry\.password`, or run `pulumi config set --secret acr:password`/,
    ],
    [
      "a variable that is not set",
      { argument: { loginServer: HERE, username: "a", passwordVariable: "HUSH" } },
      "registry.passwordVariable",
      /"HUSH" is not set/,
    ],
    [
      "a credential that does not exist",
      { argument, environment: { ACR_CREDENTIAL: "magic" } },
      "registry.credential",
      /"magic"/,
    ],
    [
      "seconds that are no number",
      { argument, environment: { ACR_WAIT_FOR_ACCESS: "soon" } },
      "registry.waitForAccess",
      /"soon"/,
    ],
    [
      "a tier that does not exist",
      { argument, configuration: { requestRates: "gold" } },
      "registry.requestRates",
      /"gold".*"basic", "standard", "premium"/,
    ],
    [
      "seconds below zero",
      { argument, configuration: { waitForAccess: "-1" } },
      "registry.waitForAccess",
      /"-1"/,
    ],
  ];
  for (const [what, places, property, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => settle(places),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.equal(error.property, property);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hush/);
          return true;
        },
      );
    });
  }

  it("accepts a number as an argument and a string elsewhere", () => {
    assert.equal(settle({ argument: { ...argument, waitForAccess: 30 } }).waitForAccess, 30);
    assert.equal(
      settle({ argument, environment: { ACR_WAIT_FOR_ACCESS: "30" } }).waitForAccess,
      30,
    );
  });

  it("reads the tier for the request rates from each source", () => {
    const tiers = [
      settle({ argument: { ...argument, requestRates: "basic" } }),
      settle({ argument, configuration: { requestRates: "standard" } }),
      settle({ argument, environment: { ACR_REQUEST_RATES: "premium" } }),
      settle({ argument }),
    ].map(({ requestRates }) => requestRates);
    assert.deepEqual(tiers, ["basic", "standard", "premium", undefined]);
  });
});
