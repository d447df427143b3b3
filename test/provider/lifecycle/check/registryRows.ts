import { ARTIFACT as A, type Row } from "./row.js";

const registry = (given: unknown): Row[0] => ({ ...A, registry: given });

export const REGISTRY_ROWS: Record<string, Row> = {
  "plain http elsewhere": [
    registry({ loginServer: "http://example.com" }),
    {
      "registry.loginServer":
        /"http:\/\/example\.com" is plain http, which is allowed only for this machine/,
    },
  ],
  "http to a name that begins like loopback": [
    registry({ loginServer: "http://127.0.0.1.example.com" }),
    { "registry.loginServer": /plain http/ },
  ],
  "http to a link-local address": [
    registry({ loginServer: "http://169.254.169.254" }),
    { "registry.loginServer": /plain http/ },
  ],
  "another scheme": [
    registry({ loginServer: "ftp://example.com" }),
    { "registry.loginServer": /is not a login server: expected a host name/ },
  ],
  "a login server with a path": [
    registry({ loginServer: "example.com/charts" }),
    { "registry.loginServer": /without a path/ },
  ],
  "an empty login server": [
    registry({ loginServer: "" }),
    { "registry.loginServer": /"" is not a login server/ },
  ],
  "a port that is none": [
    registry({ loginServer: "example.com:99999" }),
    { "registry.loginServer": /is not a login server/ },
  ],
  "an address of the portal": [
    registry({ loginServer: "https://portal.azure.com/#@example/resource" }),
    { "registry.loginServer": /is a host name .*without a path, for example "myregistry/ },
  ],
  "a registry that is null": [registry(null), { registry: /expected an object, .*but got null/ }],
  "a password in the login server": [
    registry({ loginServer: "user:hush@example.com" }),
    { "registry.loginServer": /^a login server is a host name without user name and password/ },
  ],
  "a login server that is a number": [
    registry({ loginServer: 3 }),
    { "registry.loginServer": /expected a text, but got 3/ },
  ],
  "a registry that is a text": [
    registry("example.azurecr.io"),
    {
      registry:
        /expected an object, such as \{ loginServer: "myregistry\.azurecr\.io" \}, but got "example\.azurecr\.io"/,
    },
  ],
  "unknown names": [
    registry({ loginServr: "x", pass: "hush" }),
    {
      "registry.loginServr": /did you mean "loginServer"\?/,
      "registry.pass": /there is no property "pass" here, only loginServer/,
    },
  ],
  "a negative wait": [
    registry({ waitForAccess: -1 }),
    { "registry.waitForAccess": /expected a number of seconds, 0 or more, but got -1/ },
  ],
  "a wait that is no number": [
    registry({ waitForAccess: NaN }),
    { "registry.waitForAccess": /but got NaN/ },
  ],
  "a wait that is a text": [
    registry({ waitForAccess: "60" }),
    { "registry.waitForAccess": /but got "60"/ },
  ],
  "a tier that is none": [
    registry({ requestRates: "gold" }),
    { "registry.requestRates": /expected "basic", "standard" or "premium", but got "gold"/ },
  ],
  "an unknown credential": [
    registry({ credential: "admin" }),
    { "registry.credential": /^expected ("[a-z-]+",? )+or "[a-z-]+", but got "admin"$/ },
  ],
  "a password that is a number": [
    registry({ password: 4711 }),
    { "registry.password": /expected a text, but got a number/ },
  ],
  "an authority over http": [
    registry({ authorityHost: "http://example.com" }),
    {
      "registry.authorityHost": /"http:\/\/example\.com" is not the address of an Entra authority/,
    },
  ],
  "a variable that is not set": [
    registry({ passwordVariable: "NOT_SET" }),
    { "registry.passwordVariable": /the environment variable "NOT_SET" is not set/ },
  ],
  "a token for another login server": [
    registry({ loginServer: "other.azurecr.io", credential: "token" }),
    { "registry.credential": /"token" has no username for this login server/ },
  ],
  "a token without a password": [
    registry({ loginServer: "other.azurecr.io", credential: "token", username: "me" }),
    {
      "registry.credential":
        /"token" has no password for this login server: give `registry\.password`/,
    },
  ],
  "a user name without a password": [
    registry({ loginServer: "other.azurecr.io", username: "me" }),
    { "registry.credential": /"token" has no password/ },
  ],
};
