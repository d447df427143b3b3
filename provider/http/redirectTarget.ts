import { printable } from "../oci/printable.js";
import { ProtocolError } from "../errors.js";
import { isLoopback } from "../oci/loginServer.js";

/** Where ACR stores blobs: its data endpoints, and Azure Storage in each cloud (Microsoft Learn). */
const STORAGE_HOSTS: readonly string[] = [
  "*.blob.core.windows.net",
  "*.blob.core.chinacloudapi.cn",
  "*.blob.core.usgovcloudapi.net",
  "*.blob.core.cloudapi.de",
  "*.data.azurecr.io",
  "*.data.azurecr.cn",
  "*.data.azurecr.us",
  "*.data.azurecr.de",
];

export interface RedirectRules {
  /** Origin of the registry. */
  readonly origin: string;
  /** Host names, or `*.` and a suffix, allowed in addition to those of Azure. */
  readonly allowedHosts: readonly string[];
}

/**
 * Validates the target of a redirected blob read: https, to blob storage or to the registry's own host.
 * On loopback, where registries may run without TLS, http to another port is allowed as well.
 */
export function redirectTarget(
  location: string | undefined,
  from: string,
  rules: RedirectRules,
  operation: string,
): URL {
  const refuse = (why: string): ProtocolError =>
    new ProtocolError(`${operation}: the registry redirects ${why}; it was not followed`);
  if (location === undefined || location === "") throw refuse("without a Location");
  if (location.length > 16 * 1024) throw refuse("to a Location of more than 16 KiB");
  const target = URL.parse(location, from);
  if (target === null) throw refuse("to something that is not a URL");
  const shown = printable(target.host, 255);
  if (target.username !== "" || target.password !== "") {
    throw refuse(`to ${shown} with a user name in the URL`);
  }
  const registry = new URL(rules.origin);
  const local = isLoopback(registry.hostname) && isLoopback(target.hostname);
  if (local && target.protocol === registry.protocol) return target;
  if (target.protocol !== "https:") throw refuse(`to ${shown} without https`);
  if (local || target.hostname === registry.hostname) return target;
  if (target.port === "" && matches(target.hostname, STORAGE_HOSTS)) return target;
  if (matches(target.hostname, rules.allowedHosts)) return target;
  throw refuse(
    `to ${shown}, which is not an Azure blob storage (\`allowedRedirectHosts\` allows others)`,
  );
}

function matches(hostname: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.startsWith("*.") ? hostname.endsWith(pattern.slice(1)) : hostname === pattern,
  );
}
