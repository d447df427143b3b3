import type { Agent } from "@azure/core-rest-pipeline";

/** Options of a request, as the agent receives them. */
interface ConnectOptions {
  /** Aborted when the request has failed. */
  readonly wanted?: AbortSignal;
}

/** The part of a tunnelling agent (`https-proxy-agent`) that is used here. */
interface TunnelAgent extends Agent {
  connect(request: unknown, options: ConnectOptions): Promise<unknown>;
  /** Options for its connection to the proxy. */
  connectOpts: object;
}

/**
 * The agents of a client that reach the registry through a proxy. While the proxy has not answered,
 * neither the agent nor the request owns the connection to it. Without this class, aborting the request
 * would leave that connection open, and the process alive, for as long as the proxy is silent.
 */
export class Tunnels {
  readonly #agents = new Set<Agent>();
  readonly #closing = new AbortController();

  /** Sends a request that may open a tunnel. `wanted` must be among the options of the request. */
  async use<T>(agent: Agent, send: (wanted: AbortSignal) => Promise<T>): Promise<T> {
    if (!this.#agents.has(agent)) this.#add(agent);
    const failed = new AbortController();
    try {
      return await send(failed.signal);
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  close(): void {
    this.#closing.abort();
    for (const agent of this.#agents) agent.destroy();
  }

  #add(agent: Agent): void {
    this.#agents.add(agent);
    if (!isTunnelAgent(agent)) return;
    const { connectOpts } = agent;
    const connect = agent.connect.bind(agent);
    agent.connect = (request, options) => {
      const { wanted } = options;
      const ends = [this.#closing.signal, ...(wanted === undefined ? [] : [wanted])];
      // `connect` reads this synchronously, so each connection gets its own signal.
      agent.connectOpts = { ...connectOpts, signal: AbortSignal.any(ends) };
      return connect(request, options);
    };
  }
}

function isTunnelAgent(agent: Agent): agent is TunnelAgent {
  return "connect" in agent && typeof agent.connect === "function" && "connectOpts" in agent;
}
