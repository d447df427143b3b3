import assert from "node:assert/strict";
import { AzureLogger, setLogLevel } from "@azure/logger";

/** Texts that no log may contain: planted secrets, tokens, signatures, upload states. */
const SECRETS: readonly RegExp[] = [
  /canary/i,
  /\beyJ[\w-]{8,}\.[\w-]{8,}/,
  /\b(?:Bearer|Basic) (?!realm)[\w+/=.-]{8,}/,
  /[?&](?:sig|_state)=(?!REDACTED)[^&\s"]{4,}/,
];

const found: string[] = [];
/** The log function while nobody listens. */
const silent = AzureLogger.log;

/**
 * Listens to everything that is logged in a whole run of the tests, and fails the run if it
 * contains a secret. Mocha loads it before the tests (`--require`).
 */
export const mochaHooks = {
  // Before each test, because a test that listens may restore an older log function.
  beforeEach(): void {
    if (AzureLogger.log !== silent) return;
    setLogLevel("verbose");
    AzureLogger.log = listen;
  },
  afterAll(): void {
    assert.deepEqual(found, [], "a secret was logged");
  },
};

function listen(...parts: unknown[]): void {
  const line = parts.map(String).join(" ");
  if (holdsSecret(line)) found.push(line.slice(0, 300));
}

export function holdsSecret(line: string): boolean {
  return SECRETS.some((secret) => secret.test(line));
}
