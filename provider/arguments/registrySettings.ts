import type { Credential } from "../auth/credential.js";
import { InputError } from "../errors.js";
import { REGISTRY_TIERS, type RegistryTier } from "../http/requestRates.js";
import { isLoopback, parseLoginServer, type RegistryEndpoint } from "../oci/loginServer.js";

/**
 * The `registry` argument of every resource. Members that are missing come from configuration or
 * environment.
 */
export interface RegistryArguments {
  readonly loginServer?: string;
  readonly credential?: CredentialName;
  readonly username?: string;
  readonly password?: string;
  readonly usernameVariable?: string;
  readonly passwordVariable?: string;
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly audience?: string;
  readonly authorityHost?: string;
  readonly waitForAccess?: number;
  readonly requestRates?: RegistryTier;
}

export const CREDENTIAL_NAMES = [
  "default",
  "environment",
  "workload-identity",
  "managed-identity",
  "azure-cli",
  "token",
  "docker-config",
  "anonymous",
] as const;
export type CredentialName = (typeof CREDENTIAL_NAMES)[number];

/** Everything needed to reach a registry. Contains secrets, so it must not get into logs or state. */
export interface RegistrySettings {
  readonly endpoint: RegistryEndpoint;
  readonly credential: Credential;
  readonly audience?: string;
  readonly authorityHost?: string;
  readonly waitForAccess?: number;
  readonly requestRates?: RegistryTier;
}

/** Reads one setting from the stack's configuration (`acr:<key>`) or the environment. */
export type Lookup = (key: string) => string | undefined;

export interface SettingSources {
  readonly configuration: Lookup;
  readonly environment: Lookup;
}

/** Environment variable of each setting. */
const VARIABLES: Readonly<Record<string, string>> = {
  loginServer: "ACR_LOGIN_SERVER",
  credential: "ACR_CREDENTIAL",
  username: "ACR_USERNAME",
  password: "ACR_PASSWORD",
  usernameVariable: "ACR_USERNAME_VARIABLE",
  passwordVariable: "ACR_PASSWORD_VARIABLE",
  tenantId: "AZURE_TENANT_ID",
  clientId: "AZURE_CLIENT_ID",
  audience: "ACR_AUDIENCE",
  authorityHost: "AZURE_AUTHORITY_HOST",
  waitForAccess: "ACR_WAIT_FOR_ACCESS",
  requestRates: "ACR_REQUEST_RATES",
};

/** The login server, from the first of the three sources that has one. */
export function findLoginServer(
  given: RegistryArguments,
  sources: SettingSources,
): string | undefined {
  const { configuration, environment } = sources;
  return (
    given.loginServer ?? first([configuration("loginServer"), environment("ACR_LOGIN_SERVER")])
  );
}

/** For messages: where a login server comes from that is not an argument. */
export function loginServerPlace({ configuration }: SettingSources): string {
  return first([configuration("loginServer")]) === undefined
    ? "in the environment variable ACR_LOGIN_SERVER: "
    : "in the stack's configuration acr:loginServer: ";
}

export const NO_LOGIN_SERVER =
  'no login server: give `registry: { loginServer: "myregistry.azurecr.io" }`, or run ' +
  "`pulumi config set acr:loginServer myregistry.azurecr.io`, or set the environment variable ACR_LOGIN_SERVER";

/**
 * Determines all settings for one login server: from the arguments, the stack configuration, then the
 * environment. A source that names another login server is ignored, so that its password is never sent to
 * a registry that it was not meant for. Only Azure's own variables apply to all registries.
 */
export function settleRegistry(
  given: RegistryArguments,
  sources: SettingSources,
): RegistrySettings {
  const written = findLoginServer(given, sources);
  if (written === undefined) throw new InputError("registry.loginServer", NO_LOGIN_SERVER);
  const endpoint = parseLoginServer(written);
  const environment: Lookup = (key) => sources.environment(VARIABLES[key] ?? key);
  const places = [
    (key: string) => asText(given[key as keyof RegistryArguments]),
    ...[sources.configuration, environment].filter((place) => speaksOf(place, endpoint)),
    azureOnly(environment),
  ];
  const setting: Lookup = (key) => first(places.map((place) => place(key)));
  return {
    endpoint,
    credential: settleCredential(places, sources.environment),
    audience: setting("audience"),
    authorityHost: authorityHost(setting("authorityHost")),
    waitForAccess: seconds(setting("waitForAccess")),
    requestRates: tier(setting("requestRates")),
  };
}

/**
 * Azure's own variables, which identify the user to Entra, apply whichever registry the environment
 * names.
 */
function azureOnly(environment: Lookup): Lookup {
  return (key) => (VARIABLES[key]?.startsWith("AZURE_") === true ? environment(key) : undefined);
}

function speaksOf(place: Lookup, endpoint: RegistryEndpoint): boolean {
  const named = first([place("loginServer")]);
  if (named === undefined) return true;
  try {
    return parseLoginServer(named).origin === endpoint.origin;
  } catch (error) {
    // The value is not a login server, so it does not name this one.
    if (error instanceof InputError) return false;
    throw error;
  }
}

function settleCredential(places: readonly Lookup[], environment: Lookup): Credential {
  const setting: Lookup = (key) => first(places.map((place) => place(key)));
  const find = (key: "username" | "password"): string | undefined =>
    first(places.map((place) => place(key) ?? fromVariable(`${key}Variable`, place, environment)));
  const [username, password] = [find("username"), find("password")];
  const name = first(places.map(credentialName)) ?? "default";
  switch (name) {
    case "anonymous":
      return { kind: "anonymous" };
    case "token":
      if (username !== undefined && password !== undefined) {
        return { kind: "token", username, password };
      }
      throw new InputError("registry.credential", missingPart(username));
    case "default":
    case "workload-identity":
      return { kind: name, tenantId: setting("tenantId"), clientId: setting("clientId") };
    case "managed-identity":
      return { kind: name, clientId: setting("clientId") };
    case "azure-cli":
      return { kind: name, tenantId: setting("tenantId") };
    case "environment":
    case "docker-config":
      return { kind: name };
    default:
      throw new InputError(
        "registry.credential",
        `${JSON.stringify(name)} is not a credential: expected ${CREDENTIAL_NAMES.map((known) => `"${known}"`).join(", ")}`,
      );
  }
}

/**
 * A source with a user name or password implies the credential `token`, whatever a later source says.
 */
function credentialName(place: Lookup): string | undefined {
  const parts = ["username", "password", "usernameVariable", "passwordVariable"];
  const token = first(parts.map(place)) === undefined ? undefined : "token";
  return first([place("credential"), token]);
}

function missingPart(username: string | undefined): string {
  const part = username === undefined ? "username" : "password";
  const secret = part === "password" ? "--secret " : "";
  return (
    `the credential "token" has no ${part} for this login server: give \`registry.${part}\`, or run \`pulumi config set ${secret}acr:${part}\`, ` +
    `or set the environment variable ACR_${part.toUpperCase()} (or name another one in \`registry.${part}Variable\`)`
  );
}

/** A variable that the program names must be set: otherwise another identity would be used. */
function fromVariable(
  key: "usernameVariable" | "passwordVariable",
  place: Lookup,
  environment: Lookup,
): string | undefined {
  const name = first([place(key)]);
  if (name === undefined) return undefined;
  const value = first([environment(name)]);
  if (value !== undefined) return value;
  throw new InputError(
    `registry.${key}`,
    `the environment variable ${JSON.stringify(name)} is not set or empty`,
  );
}

/** Plain http is only allowed for this machine, because secrets are sent to Entra. */
function authorityHost(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const url = URL.parse(written.includes("://") ? written : `https://${written}`);
  const secure =
    url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url !== null && secure && url.username === "" && url.search === "") return written;
  throw new InputError(
    "registry.authorityHost",
    `${JSON.stringify(written)} is not the address of an Entra authority: expected for example ` +
      `"https://login.microsoftonline.us"`,
  );
}

function asText(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function first(values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

function tier(text: string | undefined): RegistryTier | undefined {
  if (text === undefined) return undefined;
  const known = REGISTRY_TIERS.find((one) => one === text);
  if (known !== undefined) return known;
  const expected = REGISTRY_TIERS.map((one) => `"${one}"`).join(", ");
  throw new InputError(
    "registry.requestRates",
    `${JSON.stringify(text)} is not a tier: expected ${expected}`,
  );
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InputError(
    "registry.waitForAccess",
    `${JSON.stringify(text)} is not a number of seconds, 0 or more`,
  );
}
