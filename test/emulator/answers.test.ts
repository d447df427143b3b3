import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { Emulator } from "../../emulator/index.js";
import { type Received, basic, exchange, withEmulator } from "./exchange.js";
import { authorizationRows } from "./rows/authorization.js";
import { blobRows } from "./rows/blobs.js";
import { invalidManifestRows } from "./rows/invalidManifests.js";
import { listRows } from "./rows/lists.js";
import { lockRows } from "./rows/locks.js";
import { manifestReadRows } from "./rows/manifestReads.js";
import { manifestRows } from "./rows/manifests.js";
import { propertyRows } from "./rows/properties.js";
import type { Row, Step } from "./rows/row.js";
import { singleRequestRows } from "./rows/singleRequestUploads.js";
import { uploadAddressRows } from "./rows/uploadAddresses.js";
import { uploadRows } from "./rows/uploads.js";

const tables: Readonly<Record<string, readonly Row[]>> = {
  authorization: authorizationRows,
  uploads: uploadRows,
  "addresses of an upload": uploadAddressRows,
  "uploads in one request": singleRequestRows,
  blobs: blobRows,
  manifests: manifestRows,
  "reads of manifests": manifestReadRows,
  "what is no manifest": invalidManifestRows,
  lists: listRows,
  properties: propertyRows,
  locks: lockRows,
};

for (const [name, rows] of Object.entries(tables)) {
  describe(`the emulator's answers: ${name}`, () => {
    for (const row of rows) {
      it(`${row.says} [${row.source}]`, () =>
        withEmulator(row.options ?? {}, (e) => check(e, row)));
    }
  });
}

async function check(emulator: Emulator, row: Row): Promise<void> {
  const received: Received[] = [];
  for (const step of row.given ?? []) {
    const answer = await take(emulator, step, received);
    assert.ok(answer.status < 400, `${step.method}: ${answer.body.toString()}`);
    received.push(answer);
  }
  const { status, headers, body } = await take(emulator, row.request, received);
  const text = body.toString().replaceAll(emulator.loginServer, "HOST");
  assert.equal(status, row.status, text);
  for (const [name, expected] of Object.entries(row.headers ?? {})) {
    checkHeader(name, headers[name], expected, emulator);
  }
  checkBody(text, row.body);
}

function checkHeader(
  name: string,
  value: string | string[] | undefined,
  expected: string | RegExp | null,
  emulator: Emulator,
): void {
  const actual = value?.toString().replaceAll(emulator.loginServer, "HOST");
  if (expected === null) assert.equal(actual, undefined, name);
  else if (typeof expected === "string") assert.equal(actual, expected, name);
  else assert.match(actual ?? "", expected, name);
}

function checkBody(text: string, expected: Row["body"]): void {
  if (expected === undefined) return;
  if (typeof expected === "string") assert.equal(text, expected);
  else if (expected instanceof RegExp) assert.match(text, expected);
  else assert.equal(text, `${JSON.stringify(expected)}\n`);
}

const nothing: Received = { status: 0, headers: {}, body: Buffer.alloc(0) };

async function take(
  emulator: Emulator,
  step: Step,
  received: readonly Received[],
): Promise<Received> {
  const { path, as, ...sent } = step;
  const authorization = await authorizationOf(emulator, as);
  const [first = nothing, previous = nothing] = [received[0], received.at(-1)];
  const url = emulator.url + (typeof path === "string" ? path : path(previous, first));
  return exchange(url, { ...sent, headers: { ...authorization, ...sent.headers } });
}

async function authorizationOf(
  emulator: Emulator,
  as: Step["as"],
): Promise<Record<string, string>> {
  const authorization = basic(emulator.credentials);
  if (as === undefined) return { authorization };
  if (as === "nobody") return {};
  const query = new URLSearchParams({ service: emulator.loginServer, scope: as.scope });
  const answer = await exchange(`${emulator.url}/oauth2/token?${query.toString()}`, {
    headers: { authorization },
  });
  const { access_token: token } = JSON.parse(answer.body.toString()) as { access_token: string };
  return { authorization: `Bearer ${token}` };
}
