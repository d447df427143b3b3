import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type PipelinePolicy, proxyPolicy } from "@azure/core-rest-pipeline";
import { isLoopback } from "../oci/loginServer.js";

export interface Connections {
  readonly policy: PipelinePolicy;
  close(): void;
}

/**
 * Connections that are kept and used again; idle ones do not keep the process alive (Node's agents
 * take care of that). Proxies of the environment (`HTTPS_PROXY`, `ALL_PROXY`, `HTTP_PROXY`, `NO_PROXY`)
 * are the pipeline's business, except that this machine is never reached through one. Behind a proxy
 * `caCertificate` does not apply: NODE_EXTRA_CA_CERTS does.
 */
export function connections(options: {
  readonly maxConcurrency: number;
  readonly caCertificate: string | undefined;
}): Connections {
  // The limiter bounds the number of requests; waiting here would look like a silent server.
  const kept = { keepAlive: true, maxFreeSockets: options.maxConcurrency };
  const http = new HttpAgent(kept);
  const trust = options.caCertificate === undefined ? {} : { ca: options.caCertificate };
  const https = new HttpsAgent({ ...kept, ...trust });
  const proxy = proxyPolicy();
  const policy: PipelinePolicy = {
    name: "acrConnection",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (url.hostname.startsWith("[")) {
        // Node wants an IPv6 address without its brackets.
        request.requestOverrides = { hostname: url.hostname.slice(1, -1) };
      }
      const agent = url.protocol === "https:" ? https : http;
      request.agent = isLoopback(url.hostname) ? agent : undefined;
      return await proxy.sendRequest(request, (routed) => {
        routed.agent ??= agent;
        return next(routed);
      });
    },
  };
  return {
    policy,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}
