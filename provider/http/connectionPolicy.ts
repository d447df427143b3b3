import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type PipelinePolicy, type PipelineRequest, proxyPolicy } from "@azure/core-rest-pipeline";
import { InputError } from "../errors.js";
import { isLoopback } from "../oci/loginServer.js";
import { exchangeOf } from "./exchange.js";
import { Tunnels } from "./tunnels.js";

export interface Connections {
  readonly policy: PipelinePolicy;
  close(): void;
}

/**
 * Keeps connections and reuses them; Node's agents do not let idle ones keep the process alive. Proxies
 * are taken from the environment as by all Azure SDKs: `HTTPS_PROXY`, else `ALL_PROXY`, else
 * `HTTP_PROXY`; `NO_PROXY` lists hosts, or `.suffix` for all subdomains. A proxy only sees host and port,
 * because TLS goes through a tunnel, which is reused as well. Loopback addresses are never reached
 * through a proxy.
 */
export function connections(options: {
  readonly maxConcurrency: number;
  readonly caCertificate: string | undefined;
}): Connections {
  // The limiter bounds the number of requests. Waiting for a connection here would look like a silent
  // server.
  const kept = { keepAlive: true, maxFreeSockets: options.maxConcurrency };
  const http = new HttpAgent(kept);
  const { caCertificate } = options;
  const trust = caCertificate === undefined ? {} : { ca: caCertificate };
  const https = new HttpsAgent({ ...kept, ...trust });
  const proxy = environmentProxy();
  const tunnels = new Tunnels();
  const policy: PipelinePolicy = {
    name: "acrConnection",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      withoutBrackets(request, url);
      const agent = url.protocol === "https:" ? https : http;
      request.agent = isLoopback(url.hostname) ? agent : undefined;
      return await proxy.policy.sendRequest(request, (routed) => {
        const tunnel = routed.agent;
        const direct = tunnel === undefined || tunnel === agent;
        exchangeOf(routed).proxy = direct ? undefined : proxy.host;
        if (direct) return next(Object.assign(routed, { agent }));
        // The library's agent does not know the certificate authority, nor the protocol, which is part of
        // the key under which it keeps a connection.
        override(routed, { ...trust, protocol: url.protocol });
        return tunnels.use(Object.assign(tunnel, kept), (wanted) => {
          override(routed, { wanted });
          return next(routed);
        });
      });
    },
  };
  return {
    policy,
    close: () => {
      http.destroy();
      https.destroy();
      tunnels.close();
    },
  };
}

/** Node expects IPv6 addresses without brackets. */
function withoutBrackets(request: PipelineRequest, { hostname }: URL): void {
  if (hostname.startsWith("[")) override(request, { hostname: hostname.slice(1, -1) });
}

/** Adds options for Node's HTTP client. */
function override(request: PipelineRequest, options: Record<string, unknown>): void {
  request.requestOverrides = { ...request.requestOverrides, ...options };
}

/**
 * The proxy of the environment. Throws if it is not a usable URL, such as a host without a scheme. The
 * value may contain a password, so the error does not repeat it.
 */
function environmentProxy(): { readonly policy: PipelinePolicy; readonly host?: string } {
  const name = PROXIES.flatMap((one) => [one, one.toLowerCase()]).find((one) => process.env[one]);
  if (name === undefined) return { policy: proxyPolicy() };
  const { protocol, host = "" } = URL.parse(process.env[name] ?? "") ?? {};
  if (protocol !== "http:" && protocol !== "https:") throw notAProxy(name);
  return { policy: proxyPolicy(), host };
}

/** In the order in which the library reads them. */
const PROXIES = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"] as const;

function notAProxy(name: string): InputError {
  return new InputError(
    name,
    `the environment variable ${name} is not a URL of a proxy: expected for example "http://proxy.example:8080"`,
  );
}
