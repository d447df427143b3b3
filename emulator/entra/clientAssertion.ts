import { type KeyObject, X509Certificate, createPublicKey } from "node:crypto";

import type { JWTPayload } from "jose";

import { refuseToken } from "./entraError.js";
import type { EntraApplication } from "./entraOptions.js";

type Jose = typeof import("jose");

/** What an assertion must match. */
export interface AssertionChecks {
  readonly jose: Jose;
  readonly application: EntraApplication;
  /** The token endpoint, which is the audience of an application's own assertion. */
  readonly endpoint: string;
  readonly now: number;
}

const algorithms = ["RS256", "PS256", "ES256"];

/**
 * Checks a `client_assertion`: signed with the application's certificate, or by an issuer that it trusts
 * (RFC 7523).
 */
export async function checkAssertion(assertion: string, checks: AssertionChecks): Promise<void> {
  const { jose, application } = checks;
  const claims = readClaims(jose, assertion);
  if (claims.iss === application.clientId) await checkOwn(assertion, checks);
  else await checkFederated(assertion, claims, checks);
}

async function checkOwn(assertion: string, checks: AssertionChecks): Promise<void> {
  const { application, endpoint } = checks;
  if (application.certificate === undefined) {
    return refuseToken(
      401,
      "invalid_client",
      700027,
      "The application has no certificate, so its assertion proves nothing.",
    );
  }
  const key = new X509Certificate(application.certificate).publicKey;
  const { clientId } = application;
  await verify(assertion, key, { issuer: clientId, subject: clientId, audience: endpoint }, checks);
}

async function checkFederated(
  assertion: string,
  claims: JWTPayload,
  checks: AssertionChecks,
): Promise<void> {
  const { iss: issuer = "", sub: subject = "" } = claims;
  const known = checks.application.federatedCredentials ?? [];
  const credential = known.find((one) => one.issuer === issuer && one.subject === subject);
  if (credential === undefined) {
    return refuseToken(
      401,
      "invalid_client",
      700213,
      `No matching federated identity record found for presented assertion subject '${subject}' and issuer '${issuer}'.`,
    );
  }
  const audience = credential.audience ?? "api://AzureADTokenExchange";
  const expected = { issuer, subject, audience };
  await verify(assertion, createPublicKey(credential.publicKey), expected, checks);
}

interface ExpectedClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

async function verify(
  assertion: string,
  key: KeyObject,
  expected: ExpectedClaims,
  { jose, now }: AssertionChecks,
): Promise<void> {
  const options = { ...expected, algorithms, currentDate: new Date(now), clockTolerance: 60 };
  try {
    await jose.jwtVerify(assertion, key, { ...options, requiredClaims: ["exp"] });
  } catch (error) {
    if (!(error instanceof jose.errors.JOSEError)) throw error;
    const { number, sentence } = explain(jose, error);
    refuseToken(401, "invalid_client", number, sentence);
  }
}

function explain(jose: Jose, error: Error): { number: number; sentence: string } {
  if (error instanceof jose.errors.JWTExpired) {
    return { number: 700024, sentence: "Client assertion is not within its valid time range." };
  }
  if (error instanceof jose.errors.JWTClaimValidationFailed && error.claim === "aud") {
    return {
      number: 700212,
      sentence: "The audience of the client assertion is not this endpoint.",
    };
  }
  return { number: 700027, sentence: `The client assertion failed its check: ${error.message}.` };
}

function readClaims(jose: Jose, assertion: string): JWTPayload {
  try {
    return jose.decodeJwt(assertion);
  } catch {
    return refuseToken(401, "invalid_client", 50027, "The client assertion is not a JWT.");
  }
}
