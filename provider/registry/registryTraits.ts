import { BodyLimit } from "./bodyLimit.js";
import type { RegistryResponse, Transport } from "../http/transport.js";
import { isRegistryError } from "./refusal.js";
import { basePath } from "./urls.js";

/** What a registry has shown of itself so far. Nothing is asked only to learn it. */
class RegistryTraits {
  /** Whether it stores a blob that is sent with its digest in one POST; `undefined`: not tried. */
  singlePost: boolean | undefined;
  /** Whether it has `/acr/v1`; `undefined`: not known for certain. */
  metadata: boolean | undefined;
  /** What it, or a proxy in front of it, takes at a time. */
  readonly bodyLimit = new BodyLimit();
  #acr: boolean | undefined;

  /** Whether its answers look like Azure Container Registry's; `undefined`: none has been seen. */
  get acr(): boolean | undefined {
    return this.#acr;
  }

  /** Learns from an answer: ACR marks every one below `/v2/` and `/acr/v1/` with a request id. */
  observe(response: RegistryResponse): void {
    if (isMarkedByAcr(response)) this.#acr = true;
    else if (isMarkedByRegistry(response)) this.#acr ??= false;
  }
}

const traits = new WeakMap<Transport, RegistryTraits>();

/** The traits of the registry behind a transport: shared by all that is built on it. */
export function traitsOf(transport: Transport): RegistryTraits {
  const known = traits.get(transport);
  if (known !== undefined) return known;
  const fresh = new RegistryTraits();
  traits.set(transport, fresh);
  return fresh;
}

/** A 404 says "absent" without a body only if a registry signed it, in the type of its errors. */
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

/** The mark of distribution and of nearly everything that speaks its protocol. */
export function isMarkedByRegistry(response: RegistryResponse): boolean {
  return response.header("docker-distribution-api-version")?.startsWith("registry/2.") === true;
}

export type RegistryKind = "acr" | "other" | "unknown";

/**
 * Asks the registry's base path what answers there. "other" only if a registry answered and it was
 * not ACR; a portal's or proxy's page is "unknown", whatever its status.
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
