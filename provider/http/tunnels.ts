import type { Agent } from "@azure/core-rest-pipeline";

/** What a request is made with, as it comes back to the agent. */
interface ConnectOptions {
  /** Aborted when the request has failed. */
  readonly wanted?: AbortSignal;
}

/** An agent that makes tunnels, as far as it concerns us (`https-proxy-agent`). */
interface TunnelAgent extends Agent {
  connect(request: unknown, options: ConnectOptions): Promise<unknown>;
  /** What a connection to the proxy is made with. */
  connectOpts: object;
}

/**
 * The agents of a client that reach the registry through a proxy. Their connection to it is nobody's until
 * it has answered: the agent does not know of it yet, nor does the request that it is made for. What was
 * given up meanwhile would stay open, and keep the process alive, for as long as the proxy is silent.
 */
export class Tunnels {
  readonly #agents = new Set<Agent>();
  readonly #closing = new AbortController();

  /** Sends a request that an agent makes a tunnel for, if need be; `wanted` goes among its options. */
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
      // Read at once, so that each connection gets the one that is meant for it.
      agent.connectOpts = { ...connectOpts, signal: AbortSignal.any(ends) };
      return connect(request, options);
    };
  }
}

function isTunnelAgent(agent: Agent): agent is TunnelAgent {
  return "connect" in agent && typeof agent.connect === "function" && "connectOpts" in agent;
}
