import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers of an empty API server, as far as `helm install --dry-run` asks. */
const ANSWERS: Readonly<Record<string, object>> = {
  "/version": { major: "1", minor: "30", gitVersion: "v1.30.0" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      { name: "configmaps", singularName: "", namespaced: true, kind: "ConfigMap", verbs: ["get"] },
    ],
  },
};

/** An empty Kubernetes on loopback: helm renders a chart only if a cluster answers. */
export class EmptyKubernetes {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<EmptyKubernetes> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
      const answer = ANSWERS[pathname];
      const status = {
        kind: "Status",
        apiVersion: "v1",
        status: "Failure",
        reason: "NotFound",
        code: 404,
      };
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? status));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new EmptyKubernetes(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
