import { CredentialError } from "../errors.js";
import type { AzureCredential } from "./azureCredential.js";
import { printable } from "../oci/printable.js";

type Kind = AzureCredential["kind"];

/**
 * Advice for frequent refusals, by Entra's error codes (Microsoft Learn, "Microsoft Entra authentication
 * and authorization error codes").
 */
const REFUSALS: readonly (readonly [codes: RegExp, advice: string])[] = [
  [
    /AADSTS7000215\b/,
    "The client secret is wrong: AZURE_CLIENT_SECRET must be the secret's value, not its id",
  ],
  [
    /AADSTS7000222\b/,
    'The client secret has expired: create a new one ("az ad app credential reset")',
  ],
  [
    /AADSTS7000(?:27|21[0-4])\b|AADSTS7000(?:16|229)\b|AADSTS700016\b/,
    "Check AZURE_CLIENT_ID and AZURE_TENANT_ID, and that the application has this certificate or secret",
  ],
  [
    /AADSTS70021\d?\b|AADSTS700024\b|AADSTS50013\b/,
    "The federated token is refused: its issuer, subject and audience must be those of a federated credential of the " +
      "application, and it must not have expired",
  ],
  [
    /AADSTS(?:90002|900023|900144)\b/,
    "There is no such tenant in this cloud: check AZURE_TENANT_ID, and `authorityHost` for national clouds",
  ],
  [
    /AADSTS(?:500011|70011|65001)\b/,
    "The tenant does not know this audience: set another one with `audience`, or the cloud with `authorityHost`",
  ],
  [
    /AADSTS50196\b|AADSTS90055\b|\b429\b|throttl|temporarily_unavailable/i,
    "Microsoft Entra is throttling: try again later",
  ],
];

/** How to set up each kind of credential. */
const SOURCES: Readonly<Record<Kind, string>> = {
  default: `Sign in ("az login"), or give another credential`,
  entra: `Sign in ("az login"), or give a credential object that has a token`,
  environment:
    "It needs the environment variables AZURE_TENANT_ID and AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET or " +
    "AZURE_CLIENT_CERTIFICATE_PATH",
  "workload-identity":
    "It needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE, a readable file; in Kubernetes the " +
    "label azure.workload.identity/use sets them",
  "managed-identity":
    "The machine must have a managed identity, and the client id, if one is given, must be one of its own; elsewhere " +
    "give another credential",
  "azure-cli": `Install the Azure CLI and sign in ("az login")`,
};

/** The error for an identity that gives no token: which one, why, and what to do. */
export function identityFailure(kind: Kind, cause?: unknown): CredentialError {
  const said = cause === undefined ? "the credential has none" : reasonOf(cause);
  const known = REFUSALS.find(([codes]) => codes.test(said));
  return new CredentialError(
    `no Microsoft Entra token could be obtained with the credential "${kind}": ${said.replace(/[.\s]+$/, "")}. ` +
      (known?.[1] ?? SOURCES[kind]),
    { cause: cause === undefined ? undefined : bare(said) },
  );
}

/** Errors of `@azure/identity` contain requests and answers, so only the text is kept. */
function bare(said: string): Error {
  return new Error(said);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? printable(withoutSecrets(cause.message), 2000) : "unknown error";
}

/** Removes assertions and tokens, which Entra sometimes quotes in its errors. */
function withoutSecrets(text: string): string {
  return text.replace(/\bey[\w-]{8,}\.[\w-]+\.[\w-]*/g, "(a token)");
}
