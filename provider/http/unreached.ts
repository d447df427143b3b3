import type { Exchange } from "./exchange.js";

/** No address was found for the name. */
export const UNRESOLVED: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN"]);
/** Nothing answered at the address, or the address does not exist. */
export const UNREACHED: ReadonlySet<string> = new Set([
  ...UNRESOLVED,
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
]);

export type Way = Pick<Exchange, "url" | "proxy" | "redirected">;

/** Says what failed, and where. With a proxy, it is the proxy that this machine connects to. */
export function whatFailed(code: string, text: string, { url, proxy }: Way): string {
  const host = URL.parse(url)?.host ?? "the registry";
  if (proxy === undefined) return `${host} ${reasonOf(code, text)}`;
  return UNREACHED.has(code)
    ? `the proxy ${proxy}, through which ${host} is reached, ${reasonOf(code, text)}`
    : `${host}, reached through the proxy ${proxy}, ${reasonOf(code, text)}`;
}

function reasonOf(code: string, text: string): string {
  if (UNRESOLVED.has(code)) return `cannot be found: its name does not resolve (${code})`;
  if (code === "ECONNREFUSED") return `refused the connection (${code})`;
  if (code === "ECONNRESET" || code === "EPIPE") return `cut the connection (${code})`;
  if (code.startsWith("HPE_")) return `sent something that is not HTTP (${code})`;
  return `could not be reached (${code === "" ? text : code})`;
}

/** Advice, to be added to the error; empty if only trying again helps. */
export function whatToDo(code: string, { url, proxy, redirected }: Way): string {
  if (!UNREACHED.has(code)) return "";
  const { hostname = "" } = URL.parse(url) ?? {};
  if (proxy !== undefined) {
    const named = redirected ? hostname : "the registry";
    return `. Check the environment variable HTTPS_PROXY, or name ${named} in NO_PROXY`;
  }
  if (redirected) {
    return (
      ". The registry keeps its blobs there: check that this storage (or data endpoint) is known to the DNS here, " +
      "and that a firewall lets requests to it pass"
    );
  }
  if (!UNRESOLVED.has(code)) {
    return ". Check the login server, its port, and that the registry is there and can be reached from here";
  }
  // Using the name of the Azure resource as the login server is the most frequent mistake.
  return hostname.includes(".")
    ? ". Check the login server; for a registry that was just created, `waitForAccess` waits for its name"
    : `. Check the login server: an Azure registry has the whole name, "${hostname}.azurecr.io"`;
}
