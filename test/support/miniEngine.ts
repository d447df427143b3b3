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
  /** Retries and timeouts, for tests of failures. */
  readonly manners?: ClientManners;
}

export interface RunOptions {
  /** Names of resources to replace whatever their `diff` says, as `--replace` does. */
  readonly replace?: readonly string[];
  /** Refresh first, in the same provider process, as `--refresh` does. */
  readonly refresh?: boolean;
}

/** The result of one run. */
export interface MiniRun {
  /** One operation for each resource, by its name. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Names of the properties that differed, by resource. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  /** Outputs by resource, including `id`; of a preview, those that it knows. */
  readonly outputs: Readonly<Record<string, Bag>>;
  /** Ids that `delete` was called for, in order. */
  readonly deletedIds: readonly string[];
  readonly messages: readonly Message[];
}

/**
 * Pulumi's engine in this process, as far as a dynamic provider can tell: the order of calls, their
 * arguments and the use of their results follow the engine itself
 * (pulumi/pulumi v3.259.0, pkg/resource/deploy/step_generator.go and step.go). Every run gets a fresh
 * provider host, as every deployment gets a fresh process. Resources take their turns in the order of
 * declaration, one after the other; it has no secrets and no provider resources. Its calls are
 * compared with the engine's in `test/lifecycle/miniEngineOptions.test.ts`.
 *
 * A failed run throws the lifecycle's error; what it had done by then is in `state` and
 * `messages`.
 */
export class MiniEngine {
  environment: Readonly<Record<string, string>>;
  configuration: Readonly<Record<string, string>>;
  readonly directory: string;
  manners: ClientManners;
  /** Called before every call of a provider. */
  onCall: ((call: string) => void) | undefined;
  /** Lets a test act at the moment of a message. */
  onMessage: ((message: Message) => void | Promise<void>) | undefined;
  /** The stack's state. May be replaced, for example to go back in time. */
  state: readonly ResourceState[] = [];
  /** Messages of the last run. */
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
   * Kills the host of the current run, which then throws `HostKilled`. The state has the answers
   * until then, as when the engine itself is killed: it saves after each answer.
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
