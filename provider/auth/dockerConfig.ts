import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CredentialError } from "../errors.js";
import { type HelperAnswer, askHelper } from "./credentialHelper.js";

/** A login saved by Docker: a user name and password, or an identity (refresh) token. */
export type DockerLogin =
  { readonly username: string; readonly password: string } | { readonly identityToken: string };

type Json = Readonly<Record<string, unknown>>;

/**
 * Docker's user name for "the secret is an identity token" (docker-credential-helpers, "Development").
 */
const TOKEN_USER = "<token>";

/**
 * Finds the login of a registry as Docker does (docker/cli, "config.json properties"): from the helper
 * configured for this registry, else from the general credential store, else from the file itself.
 */
export async function findDockerLogin(
  loginServer: string,
  file = defaultFile(),
): Promise<DockerLogin> {
  const config = await readConfig(file);
  const [helperName, key] = helperOf(config, loginServer);
  const told = helperName === undefined ? undefined : await askHelper(helperName, key);
  const login = (told && fromHelper(told)) ?? fromFile(config, loginServer, file);
  if (login !== undefined) return login;
  throw new CredentialError(
    `${file} has no login for ${loginServer}: run "docker login ${loginServer}", or "az acr login", or give another ` +
      `credential`,
  );
}

function defaultFile(): string {
  const folder = process.env["DOCKER_CONFIG"];
  const chosen = folder === undefined || folder === "" ? join(homedir(), ".docker") : folder;
  return join(chosen, "config.json");
}

async function readConfig(file: string): Promise<Json> {
  try {
    return object(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    // The parser's message would quote the file, which may contain secrets.
    const reason = typeof code === "string" ? `cannot be read (${code})` : "is not JSON";
    throw new CredentialError(
      `Docker's configuration ${file} ${reason}: run "docker login" or "az acr login", set DOCKER_CONFIG to its folder, ` +
        `or give another credential`,
    );
  }
}

/** The helper for the registry, and the name by which the helper knows the registry. */
function helperOf(config: Json, loginServer: string): [string | undefined, string] {
  const helpers = object(config["credHelpers"]);
  const own = keyOf(helpers, loginServer);
  const named = own === undefined ? undefined : text(helpers[own]);
  if (own !== undefined && named !== undefined) return [named, own];
  // A store knows a registry by the name used at login, which `docker login` also leaves in `auths`.
  const known = keyOf(object(config["auths"]), loginServer);
  return [text(config["credsStore"]), known ?? loginServer];
}

function fromHelper({ username, secret }: HelperAnswer): DockerLogin {
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
}

function fromFile(config: Json, loginServer: string, file: string): DockerLogin | undefined {
  const auths = object(config["auths"]);
  const key = keyOf(auths, loginServer);
  const entry = key === undefined ? {} : object(auths[key]);
  const identityToken = text(entry["identitytoken"]);
  if (identityToken !== undefined) return { identityToken };
  const encoded = text(entry["auth"]);
  if (encoded !== undefined) return decoded(encoded, loginServer, file);
  const [username, password] = [text(entry["username"]), text(entry["password"])];
  return username === undefined || password === undefined ? undefined : { username, password };
}

function decoded(encoded: string, loginServer: string, file: string): DockerLogin {
  const [, username, password] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  if (username !== undefined && password !== undefined) {
    // Old versions of Docker padded passwords with zeros.
    return { username, password: password.replace(/\0+$/, "") };
  }
  throw new CredentialError(
    `the "auth" of ${loginServer} in ${file} is not a user name and a password in base64: log in again`,
  );
}

/** Older versions saved addresses instead of host names: `https://host/v1/`. */
function keyOf(entries: Json, loginServer: string): string | undefined {
  if (Object.hasOwn(entries, loginServer)) return loginServer;
  return Object.keys(entries).find((key) => hostOf(key) === loginServer);
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
