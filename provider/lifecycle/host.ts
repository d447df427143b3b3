import type { PackedArtifact } from "../artifact/assembleArtifact.js";
import type { FreshPlan } from "../artifact/retention/planRetention.js";
import { type Clock, sleep, systemClock } from "../http/clock.js";
import type { Digest } from "../oci/digest.js";
import type { Registry } from "../registry/repository.js";
import { Declarations, QUIET_MS } from "./declarations.js";
import { OperationLog, type SendLog } from "./engineLog.js";
import type { PropertyBag } from "./lifecycle.js";
import { LockOwnership } from "./lockOwnership.js";
import { type Operation, RunningOperations } from "./operation.js";
import { Ownership } from "./ownership.js";
import {
  type Lookup,
  type RegistryArguments,
  type RegistrySettings,
  type SettingSources,
  settleRegistry,
} from "../arguments/registrySettings.js";
import { type ClientManners, Sessions } from "../arguments/sessions.js";
import { WaitingRemovals } from "./waitingRemovals.js";

export interface HostOptions {
  readonly environment: Lookup;
  readonly sendLog: SendLog;
  /** Whether the CLI redraws its rows in place. Default: no. */
  readonly redrawn?: () => Promise<boolean>;
  /** Folder that relative paths start from: that of the program. */
  readonly directory: string;
  /** For tests: retries and timeouts of all registry clients. */
  readonly manners?: ClientManners;
  /** For tests: how long no resource must be declared until the program counts as complete. */
  readonly quietMs?: number;
}

/**
 * What all resources of one host process share. The engine starts one such process per deployment, so it
 * can collect the program's declarations, which no single verb receives.
 */
export class Host {
  readonly declarations = new Declarations();
  readonly ownership = new Ownership();
  readonly locks = new LockOwnership();
  readonly waitingRemovals = new WaitingRemovals();
  readonly operations = new RunningOperations();
  readonly sessions: Sessions;
  /** Content packed by `check`, by manifest digest, so that `create` need not pack it again. */
  readonly packed = new Map<Digest, PackedArtifact>();
  /**
   * What `check` found to delete, by URN; `create` and `update` in the same process delete exactly this.
   */
  readonly retentionPlans = new Map<string, FreshPlan>();
  readonly directory: string;
  readonly sources: SettingSources;
  readonly #clock: Clock;
  readonly #quietMs: number;
  readonly #sendLog: SendLog;
  readonly #redrawn: (() => Promise<boolean>) | undefined;
  #configuration: Lookup = () => undefined;

  constructor(options: HostOptions) {
    this.directory = options.directory;
    this.sessions = new Sessions(options.manners);
    this.#clock = options.manners?.clock ?? systemClock;
    this.#quietMs = options.quietMs ?? QUIET_MS;
    this.#sendLog = options.sendLog;
    this.#redrawn = options.redrawn;
    this.sources = {
      environment: options.environment,
      configuration: (key) => this.#configuration(key),
    };
  }

  /** Sets the stack's configuration, `acr:<key>`. */
  configure(get: (key: string) => string | undefined): void {
    this.#configuration = (key) => get(`acr:${key}`);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Waits until the program has declared everything that does not depend on resources still to be
   * created.
   */
  allDeclared({ signal }: Pick<Operation, "signal">): Promise<void> {
    return this.declarations.settled(this.#clock, this.#quietMs, signal);
  }

  /** Waits long enough for the engine to start other operations that run at the same time. */
  pause({ signal }: Pick<Operation, "signal">): Promise<void> {
    return sleep(this.#clock, this.#quietMs, signal);
  }

  settle(given: RegistryArguments): RegistrySettings {
    return settleRegistry(given, this.sources);
  }

  /** The registry in a resource's state or inputs. */
  registry(state: PropertyBag): Registry {
    return this.sessions.open(this.settle((state["registry"] ?? {}) as RegistryArguments));
  }

  run<T>(state: PropertyBag, body: (operation: Operation) => Promise<T>): Promise<T> {
    return this.operations.run(async (signal) => {
      const log = new OperationLog(state["__urn"], this.#sendLog, this.#redrawn);
      try {
        return await body({ signal, log });
      } finally {
        await log.delivered();
      }
    });
  }
}
