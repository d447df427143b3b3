import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { pulumiDirectory } from "../../tools/installed.js";
import { pulumiSettings } from "../../tools/pulumiSettings.js";
import { TemporaryFolder } from "./temporaryFolder.js";
import { failUnreached, isUnreached } from "./unreachedEngine.js";

failUnreached();

/** What one run of the engine printed and did. */
export interface EngineRun {
  readonly output: string;
  /** Operations by name of the resource, for example `{ app: "replace" }`. */
  readonly operations: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly string[];
}

export interface EngineStackOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly configuration?: automation.ConfigMap;
}

/** The environment of a stack that publishes to this registry, as in CI. */
export function environmentFor(emulator: Emulator): Record<string, string> {
  return {
    ACR_LOGIN_SERVER: emulator.url,
    ACR_USERNAME: emulator.credentials.username,
    ACR_PASSWORD: emulator.credentials.password,
  };
}

/**
 * A stack on the real engine: real CLI, real dynamic host, file backend in a temporary folder. The
 * program runs in the test's process, so relative paths start from the working directory.
 */
export class EngineStack {
  readonly #folder: TemporaryFolder;
  readonly stack: automation.Stack;
  /** The program of the next run. */
  program: automation.PulumiFn = () => Promise.resolve();
  /** Output of the current run so far. */
  said = "";

  private constructor(folder: TemporaryFolder, stack: automation.Stack) {
    this.#folder = folder;
    this.stack = stack;
    stack.workspace.program = () => this.program();
  }

  static async create(options: EngineStackOptions = {}): Promise<EngineStack> {
    const folder = new TemporaryFolder();
    const backend = join(folder.path, "backend");
    mkdirSync(backend);
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      {
        projectName: "project",
        stackName: "stack",
        program: () => Promise.resolve(),
      },
      {
        pulumiCommand: await automation.PulumiCommand.get({ root: dirname(pulumiDirectory()) }),
        envVars: {
          ...pulumiSettings(join(folder.path, "home"), backend),
          ...options.environment,
        },
      },
    );
    await stack.setAllConfig(options.configuration ?? {});
    const created = new EngineStack(folder, stack);
    // Saves three CLI calls per `up` whose results no test uses.
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return created;
  }

  preview(options: automation.PreviewOptions = {}): Promise<EngineRun> {
    return this.#run((record) => this.stack.preview({ diff: true, ...options, ...record }));
  }

  up(options: automation.UpOptions = {}): Promise<EngineRun> {
    return this.#run((record) => this.stack.up({ ...options, ...record }));
  }

  refresh(options: automation.RefreshOptions = {}): Promise<EngineRun> {
    return this.#run((record) => this.stack.refresh({ ...options, ...record }));
  }

  destroy(options: automation.DestroyOptions = {}): Promise<EngineRun> {
    return this.#run((record) => this.stack.destroy({ ...options, ...record }));
  }

  /** Runs any command of the CLI for this stack and returns its output. */
  cli(...args: readonly string[]): Promise<string> {
    return this.#command(...args, "--stack", "stack");
  }

  /** `pulumi state move`, to another stack of the same folder. */
  async move(urn: string, to: string): Promise<void> {
    await this.#command("state", "move", "--yes", "--source", "stack", "--dest", to, urn);
  }

  async #command(...args: readonly string[]): Promise<string> {
    const { workDir, envVars } = this.stack.workspace;
    // `run` exists, but not in the published types.
    const command = this.stack.workspace.pulumiCommand as unknown as RunnableCommand;
    const done = await command.run(args, workDir, envVars);
    return done.stdout;
  }

  /** The state as `pulumi stack export` shows it, secrets encrypted. */
  async exportState(): Promise<string> {
    return this.cli("stack", "export");
  }

  /** Removes only the stack's files and destroys nothing. */
  remove(): void {
    this.#folder.remove();
  }

  async #run(operate: Operation): Promise<EngineRun> {
    try {
      return await this.#runOnce(operate);
    } catch (error) {
      if (!isUnreached(error)) throw error;
      return this.#runOnce(operate);
    }
  }

  async #runOnce(operate: Operation): Promise<EngineRun> {
    let output = "";
    const hear = (text: string): void => {
      output += text;
      this.said = output;
    };
    const operations = new Map<string, string[]>();
    const diagnostics: string[] = [];
    await operate({
      onOutput: hear,
      onError: hear,
      onEvent: (event) => {
        recordOperation(event, operations);
        if (event.diagnosticEvent !== undefined) diagnostics.push(event.diagnosticEvent.message);
      },
    });
    return { output, operations, diagnostics };
  }
}

interface RunnableCommand {
  run(
    args: readonly string[],
    folder: string,
    environment: Readonly<Record<string, string>> | undefined,
  ): Promise<{ readonly stdout: string }>;
}

type Operation = (record: Recorder) => Promise<unknown>;

interface Recorder {
  readonly onOutput: (text: string) => void;
  readonly onError: (text: string) => void;
  readonly onEvent: (event: automation.EngineEvent) => void;
}

function recordOperation(event: automation.EngineEvent, operations: Map<string, string[]>): void {
  const metadata = event.resourcePreEvent?.metadata;
  const name = metadata?.urn.split("::").at(-1);
  if (metadata === undefined || name === undefined) return;
  operations.set(name, [...(operations.get(name) ?? []), metadata.op]);
}
