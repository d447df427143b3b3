import type { RequestListener } from "node:http";
import { afterEach } from "mocha";
import {
  type Credential,
  digestOf,
  encodeManifest,
  memoryBlob,
  OCI_INDEX,
  RegistryClient,
  type RegistryClientOptions,
} from "pulumi-acr/client";
import { certificate, recordingServer, type RecordingServer } from "./attacker.js";

/** Part of every secret that must not leak. */
export const PASSWORD = "PASSWORD-CANARY";
export const TOKEN = "ACCESS-TOKEN-CANARY";

export interface HostileRegistry {
  readonly registry: RecordingServer;
  /** Another server, which must never get anything of ours. */
  readonly attacker: RecordingServer;
  readonly client: RegistryClient;
}

/** Behaviour of a registry, given the attacker's address. */
export type Hostility = (places: { attacker: string; registry: string }) => RequestListener;

export interface HostileOptions extends RegistryClientOptions {
  readonly attacker?: RequestListener;
  /** Whether the attacker speaks plain http. Default: https, like the registry. */
  readonly plainAttacker?: boolean;
  /** Whether everybody gets tokens at the usual path. Default: `true`. */
  readonly tokens?: boolean;
}

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A registry under an attacker's control, over https, and a client with a password for it. */
export async function hostileRegistry(
  hostility: Hostility,
  options: HostileOptions = {},
): Promise<HostileRegistry> {
  const { attacker: answer, plainAttacker = false, tokens = true, ...clientOptions } = options;
  const pair = await certificate();
  const attacker = await recordingServer(answer, plainAttacker ? undefined : pair);
  const behaviour: { answer?: RequestListener } = {};
  const registry = await recordingServer((request, response) => {
    if (tokens && request.url?.startsWith("/oauth2/token") === true) {
      response.end(JSON.stringify({ access_token: TOKEN }));
    } else behaviour.answer?.(request, response);
  }, pair);
  behaviour.answer = hostility({ attacker: attacker.origin, registry: registry.origin });
  const credential: Credential = { kind: "token", username: "user", password: PASSWORD };
  const client = new RegistryClient(registry.origin, {
    credential,
    caCertificate: pair.cert,
    retry: { maxRetries: 1, baseDelayMs: 1, maxDelayMs: 5, budgetMs: 20 },
    idleTimeoutMs: 5_000,
    ...clientOptions,
  });
  open.push(registry, attacker, client);
  return { registry, attacker, client };
}

const TYPE = { mediaType: "application/octet-stream" };
const DIGEST = digestOf("content");
const MANIFEST = encodeManifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });

async function* stream(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 5; count += 1) yield await Promise.resolve(Buffer.alloc(1 << 20));
}

async function first(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item;
  return undefined;
}

async function read(opened: Promise<AsyncIterable<unknown>>): Promise<void> {
  for await (const piece of await opened) if (piece === undefined) return;
}

/** Every call of the client that sends something, each with a name. */
export const CALLS: Readonly<Record<string, (client: RegistryClient) => Promise<unknown>>> = {
  "list repositories": (client) => first(client.repositories()),
  "delete a repository": (client) => client.deleteRepository("a"),
  "resolve a manifest": (client) => client.repository("a").manifests.resolve("v1"),
  "fetch a manifest": (client) => client.repository("a").manifests.fetch("v1"),
  "push a manifest": (client) => client.repository("a").manifests.push(MANIFEST, { tag: "v1" }),
  "delete a manifest": (client) => client.repository("a").manifests.delete(DIGEST),
  "look for a blob": (client) => client.repository("a").blobs.exists(DIGEST),
  "fetch a blob": (client) => read(client.repository("a").blobs.fetch(DIGEST)),
  "push a small blob": (client) =>
    client.repository("a").blobs.push(memoryBlob(Buffer.alloc(9), TYPE)),
  "push a large blob": (client) =>
    client.repository("a").blobs.push(memoryBlob(Buffer.alloc(5 << 20), TYPE), { askFirst: false }),
  "upload a stream": (client) => client.repository("a").blobs.upload(stream()),
  "mount a blob": (client) => client.repository("a").blobs.mount(DIGEST, "b"),
  "delete a blob": (client) => client.repository("a").blobs.delete(DIGEST),
  "list tags": (client) => first(client.repository("a").tags.list()),
  "delete a tag": (client) => client.repository("a").tags.delete("v1"),
  "list referrers": (client) => first(client.repository("a").referrers.list(DIGEST)),
  "get a tag's properties": (client) => client.repository("a").attributes.tag("v1"),
  "set a tag's properties": (client) =>
    client.repository("a").attributes.updateTag("v1", { writeEnabled: true }),
  "list tags' properties": (client) => first(client.repository("a").attributes.listTags()),
  "list manifests' properties": (client) =>
    first(client.repository("a").attributes.listManifests()),
};
