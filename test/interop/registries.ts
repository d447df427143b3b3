import { foreignTool, type ForeignToolName } from "../../tools/installed.js";
import { type Emulator, startEmulator } from "../../emulator/index.js";
import { type Credential, RegistryClient } from "../../provider/registry/index.js";
import { CREDENTIALS, DockerRegistry } from "../support/dockerRegistry.js";
import type { ForeignRegistry } from "../support/foreignClients.js";

/** The common view of a registry for these tests. */
export interface RunningRegistry extends ForeignRegistry {
  readonly url: string;
  /** Every request since the last call, tokens apart: `PUT /v2/…`, without the query. */
  takeRequests(): string[];
  close(): Promise<void>;
}

/** A kind of registry that the same tests run on. */
export interface RegistryKind {
  readonly name: string;
  readonly needs: readonly ForeignToolName[];
  start(): Promise<RunningRegistry>;
}

export const REGISTRIES: readonly RegistryKind[] = [
  { name: "the emulator", needs: [], start: startedEmulator },
  { name: "docker-registry", needs: ["docker-registry"], start: () => startedDocker(false) },
  {
    name: "docker-registry with a sign-in",
    needs: ["docker-registry"],
    start: () => startedDocker(true),
  },
];

/** Whether its programs are on this machine; otherwise its tests are pending and say so. */
export function isHere({ needs }: RegistryKind): boolean {
  return needs.every((name) => foreignTool(name).path !== undefined);
}

/** Our client, signed in to this registry. */
export function clientOf(
  { url, credentials }: RunningRegistry,
  options: { readonly chunkSize?: number } = {},
): RegistryClient {
  const credential: Credential =
    credentials === undefined ? { kind: "anonymous" } : { kind: "token", ...credentials };
  return new RegistryClient(url, { credential, ...options });
}

/** Environment of a stack that publishes there. */
export function environmentOf({ url, credentials }: RunningRegistry): Record<string, string> {
  return credentials === undefined
    ? { ACR_LOGIN_SERVER: url, ACR_CREDENTIAL: "anonymous" }
    : {
        ACR_LOGIN_SERVER: url,
        ACR_USERNAME: credentials.username,
        ACR_PASSWORD: credentials.password,
      };
}

async function startedEmulator(): Promise<RunningRegistry> {
  const emulator: Emulator = await startEmulator();
  const { url, loginServer, credentials, journal } = emulator;
  return {
    url,
    loginServer,
    credentials,
    takeRequests: () => taken(journal),
    close: () => emulator.close(),
  };
}

async function startedDocker(signIn: boolean): Promise<RunningRegistry> {
  const registry = await DockerRegistry.start({ signIn });
  const { url, loginServer, journal } = registry;
  return {
    url,
    loginServer,
    credentials: signIn ? CREDENTIALS : undefined,
    takeRequests: () => taken(journal),
    close: () => registry.close(),
  };
}

interface Journal {
  readonly entries: readonly { readonly method: string; readonly path: string }[];
  clear(): void;
}

function taken(journal: Journal): string[] {
  const requests = journal.entries.map(({ method, path }) => `${method} ${path.split("?", 1)[0]}`);
  journal.clear();
  return requests.filter((request) => !request.includes("/oauth2/"));
}
