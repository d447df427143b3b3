import { BodyLimit } from "./bodyLimit.js";
import type { RegistryResponse, Transport } from "../http/transport.js";
import { isRegistryError } from "./refusal.js";
import { basePath } from "./urls.js";

/** What is known of a registry from its answers so far. No request is made only to learn these. */
class RegistryTraits {
  /** Whether it stores a blob that is sent in a single POST; `undefined`: not tried yet. */
  singlePost: boolean | undefined;
  /** Whether it has `/acr/v1`; `undefined`: not known yet. */
  metadata: boolean | undefined;
  /** The largest body that it, or a proxy in front of it, accepts. */
  readonly bodyLimit = new BodyLimit();
  #acr: boolean | undefined;

  /** Whether its answers look like those of Azure Container Registry; `undefined`: no answer yet. */
  get acr(): boolean | undefined {
    return this.#acr;
  }

  /** Learns from an answer: ACR adds a request id to every answer below `/v2/` and `/acr/v1/`. */
  observe(response: RegistryResponse): void {
    if (isMarkedByAcr(response)) this.#acr = true;
    else if (isMarkedByRegistry(response)) this.#acr ??= false;
  }
}

const traits = new WeakMap<Transport, RegistryTraits>();

/** The traits of the registry behind a transport, shared by everything that uses the transport. */
export function traitsOf(transport: Transport): RegistryTraits {
  const known = traits.get(transport);
  if (known !== undefined) return known;
  const fresh = new RegistryTraits();
  traits.set(transport, fresh);
  return fresh;
}

/**
 * Tells whether a 404 without a body comes from the registry itself: it must have the registry's header
 * and the content type of its errors.
 */
export function isRegistryAbsence(response: RegistryResponse): boolean {
  return (
    response.status === 404 &&
    isMarkedByRegistry(response) &&
    /^application\/(?:json|problem\+json)\b/.test(response.header("content-type") ?? "")
  );
}

function isMarkedByAcr(response: RegistryResponse): boolean {
  return response.header("x-ms-correlation-request-id") !== undefined;
}

/** Tells whether the answer has the header of distribution, which nearly every registry sends. */
export function isMarkedByRegistry(response: RegistryResponse): boolean {
  return response.header("docker-distribution-api-version")?.startsWith("registry/2.") === true;
}

export type RegistryKind = "acr" | "other" | "unknown";

/**
 * Asks `/v2/` which kind of registry answers. "other" only if a registry that is not ACR answered; the
 * page of a portal or proxy is "unknown", whatever its status.
 */
export async function askKind(transport: Transport, signal?: AbortSignal): Promise<RegistryKind> {
  try {
    const response = await transport.send({
      method: "GET",
      path: basePath(),
      scopes: [],
      operation: `ask ${transport.loginServer} what kind of registry it is`,
      expect: [200, 401],
      repeatable: true,
      waitForAccess: false,
      signal,
    });
    await response.discard();
    if (isMarkedByAcr(response)) return "acr";
    return isMarkedByRegistry(response) ? "other" : "unknown";
  } catch (error) {
    if (!isRegistryError(error) || error.status !== 401) throw error;
    if (error.correlationId !== undefined) return "acr";
    return error.diagnostics.length > 0 ? "other" : "unknown";
  }
}
