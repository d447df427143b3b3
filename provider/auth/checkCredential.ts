import { InputError } from "../errors.js";
import type { Credential } from "./credential.js";

const KINDS: Readonly<Record<Credential["kind"], string>> = {
  anonymous: "",
  token: "username and password, texts",
  "docker-config": "",
  default: "",
  environment: "",
  "workload-identity": "",
  "managed-identity": "",
  "azure-cli": "",
  entra: "credential, an object with getToken, as those of @azure/identity",
};

/**
 * Checks that the value is a credential, because JavaScript programs may pass anything. The error repeats
 * no value.
 */
export function checkCredential(credential: unknown): void {
  const given = (credential ?? {}) as Readonly<Record<string, unknown>>;
  const { kind } = given;
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) {
    const kinds = Object.keys(KINDS).join(", ");
    throw new InputError("credential.kind", `expected one of ${kinds}`);
  }
  const complete =
    kind === "token"
      ? typeof given["username"] === "string" && typeof given["password"] === "string"
      : kind !== "entra" || hasGetToken(given["credential"]);
  if (complete) return;
  const needed = KINDS[kind as Credential["kind"]];
  throw new InputError("credential", `a credential of kind "${kind}" needs ${needed}`);
}

function hasGetToken(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "getToken" in value &&
    typeof value.getToken === "function"
  );
}
