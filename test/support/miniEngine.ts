import type { ClientManners } from "../../provider/arguments/sessions.js";
import { Deployment, type DeploymentOptions, type Operation } from "./miniEngine/deployment.js";
import type { Message } from "./miniEngine/providerHost.js";
import type { Bag, Program, ResourceState } from "./miniEngine/resourceState.js";

export type { Operation } from "./miniEngine/deployment.js";
export { CheckError } from "./miniEngine/failures.js";
export { fileAsset, stringAsset } from "./miniEngine/propertyValues.js";
export { HostKilled, type Message } from "./miniEngine/providerHost.js";
export { urnOf } from "./miniEngine/resourceState.js";
export type {
  Bag,
  Declaration,
  Kind,
  OutputsOf,
  Program,
  ResourceState,
} from "./miniEngine/resourceState.js";

export interface MiniEngineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Stack configuration by full key, for example `acr:loginServer`. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Folder that relative paths start from. Default: the working directory. */
  readonly directory?: string;
  /** Retries and time-outs, where a test is about failures. */
  readonly manners?: ClientManners;
}

export interface RunOptions {
  /** Names of resources to replace whatever their `diff` says, as `--replace` does. */
  readonly replace?: readonly string[];
  /** Refresh first, in the same provider process, as `--refresh` does. */
  readonly refresh?: boolean;
}

/** What one run did. */
export interface MiniRun {
  /** One operation for each resource, by its name. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Names of the properties that differed, by resource. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  /** Outputs by resource, `id` among them; of a preview, what a preview knows. */
  readonly outputs: Readonly<Record<string, Bag>>;
  /** Ids that `delete` was called for, in order. */
  readonly deletedIds: readonly string[];
  readonly messages: readonly Message[];
}

/**
 * Pulumi's engine as far as a dynamic provider can tell, in this process: the order of calls, what
 * each is given, and what becomes of its answers were taken from the engine itself
 * (pulumi/pulumi v3.259.0, pkg/resource/deploy/step_generator.go and step.go). Every run gets a fresh
 * provider host, as every deployment gets a fresh process. Resources take their turns in the order of
 * declaration, one after the other; it knows no secrets and no providers of its own. What it calls is
 * compared with what the engine calls in `test/lifecycle/miniEngineOptions.test.ts`.
 *
 * A run that fails throws what the lifecycle threw; what it had done by then is in `state` and
 * `messages`.
 */
export class MiniEngine {
  environment: Readonly<Record<string, string>>;
  configuration: Readonly<Record<string, string>>;
  readonly directory: string;
  manners: ClientManners;
  /** Hears of every call of a provider, before it is made. */
  onCall: ((call: string) => void) | undefined;
  /** Lets a test act at the moment at which something is said. */
  onMessage: ((message: Message) => void | Promise<void>) | undefined;
  /** What the stack holds. May be replaced, for example to go back in time. */
  state: readonly ResourceState[] = [];
  /** What the last run said. */
  messages: readonly Message[] = [];
  #running: Deployment | undefined;

  constructor(options: MiniEngineOptions = {}) {
    this.environment = options.environment ?? {};
    this.configuration = options.configuration ?? {};
    this.directory = options.directory ?? process.cwd();
    this.manners = options.manners ?? {};
  }

  preview(program: Program, options: RunOptions = {}): Promise<MiniRun> {
    return this.#deploy(true, options, (deployment) => runProgram(deployment, program, options));
  }

  up(program: Program, options: RunOptions = {}): Promise<MiniRun> {
    return this.#deploy(false, options, (deployment) => runProgram(deployment, program, options));
  }

  /** `pulumi refresh`, without the program; `preview` saves nothing (`--preview-only`). */
  refresh(options: { readonly preview?: boolean } = {}): Promise<MiniRun> {
    return this.#deploy(options.preview === true, {}, (deployment) => deployment.refresh());
  }

  destroy(): Promise<MiniRun> {
    return this.#deploy(false, {}, (deployment) => deployment.destroy());
  }

  /**
   * Kills the host of the run that is under way, which then throws `HostKilled`. The state has what was
   * answered until then, as it has when the engine itself is killed: it saves after each answer.
   */
  kill(): void {
    this.#running?.provider.kill();
  }

  /** The one resource of this name that is not waiting for its delete. */
  resource(name: string): ResourceState {
    const found = this.state.find((one) => one.name === name && !one.pendingDelete);
    if (found === undefined) throw new Error(`the stack has no resource ${name}`);
    return found;
  }

  async #deploy(
    preview: boolean,
    { replace = [] }: RunOptions,
    body: (deployment: Deployment) => Promise<void>,
  ): Promise<MiniRun> {
    const { environment, configuration, directory, manners, onMessage, onCall } = this;
    const settings = {
      onMessage,
      onCall,
      environment,
      configuration,
      directory,
      manners,
      preview,
      replace: new Set(replace),
    };
    const deployment = new Deployment(this.state, settings satisfies DeploymentOptions);
    this.#running = deployment;
    try {
      await body(deployment);
    } finally {
      this.#running = undefined;
      deployment.provider.close();
      this.messages = deployment.provider.messages;
      if (!preview) this.state = deployment.state;
    }
    const { operations, changes, outputs, deletedIds } = deployment;
    return { operations, changes, outputs, deletedIds, messages: this.messages };
  }
}

async function runProgram(
  deployment: Deployment,
  program: Program,
  { refresh = false }: RunOptions,
): Promise<void> {
  if (refresh) await deployment.refresh();
  await deployment.run(program);
}
