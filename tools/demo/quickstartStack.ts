import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { checkout, pulumiDirectory } from "../installed.js";
import { pulumiSettings } from "../pulumiSettings.js";

/** Output and operation of one run of the engine. */
export interface Run {
  readonly lines: readonly string[];
  /** The artifact's operation in the engine's words: `create`, `refresh`, `update`, … */
  readonly operations: readonly string[];
  readonly warnings: readonly string[];
}

interface Recorder {
  readonly onOutput: (text: string) => void;
  readonly onError: (text: string) => void;
  readonly onEvent: (event: automation.EngineEvent) => void;
  readonly signal: AbortSignal;
}

/** A copy of the quickstart as a stack of its own, whose state is a file beside it. */
export class QuickstartStack {
  readonly #folder: string;
  readonly #stack: automation.Stack;
  readonly #signal: AbortSignal;

  private constructor(folder: string, stack: automation.Stack, signal: AbortSignal) {
    this.#folder = folder;
    this.#stack = stack;
    this.#signal = signal;
  }

  /** Copies the example into the folder and makes a stack that publishes to the emulator. */
  static async create(
    folder: string,
    emulator: Emulator,
    signal: AbortSignal,
  ): Promise<QuickstartStack> {
    const project = join(folder, "quickstart");
    const backend = join(folder, "backend");
    mkdirSync(backend);
    cpSync(join(checkout, "examples", "quickstart"), project, {
      recursive: true,
      // Leaves out settings and dependencies of somebody who tried the example by hand.
      filter: (path) => !/(?:node_modules|Pulumi\.[^/\\]+\.yaml)$/u.test(path),
    });
    symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"), "junction");
    const stack = await automation.LocalWorkspace.createStack(
      { stackName: "demo", workDir: project },
      {
        pulumiCommand: await automation.PulumiCommand.get({ root: dirname(pulumiDirectory()) }),
        envVars: environment(folder, backend),
      },
    );
    const { username, password } = emulator.credentials;
    await stack.setAllConfig({
      "acr:loginServer": { value: emulator.url },
      "acr:credential": { value: "token" },
      "acr:username": { value: username },
      "acr:password": { value: password, secret: true },
    });
    return new QuickstartStack(project, stack, signal);
  }

  preview(options: automation.PreviewOptions = {}): Promise<Run> {
    return this.#run((recorder) => this.#stack.preview({ ...options, ...recorder }));
  }

  up(options: automation.UpOptions = {}): Promise<Run> {
    return this.#run((recorder) => this.#stack.up({ ...options, ...recorder }));
  }

  destroy(): Promise<Run> {
    return this.#run((recorder) => this.#stack.destroy(recorder));
  }

  /** `pulumi config set version …` */
  setVersion(version: string): Promise<void> {
    return this.#stack.setConfig("version", { value: version });
  }

  /** Writes a file of the project; its folder is made if need be. */
  write(path: string, content: string): void {
    const file = join(this.#folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  async #run(operate: (recorder: Recorder) => Promise<unknown>): Promise<Run> {
    this.#signal.throwIfAborted();
    let output = "";
    const operations: string[] = [];
    const warnings: string[] = [];
    await operate({
      onOutput: (text) => (output += text),
      onError: (text) => (output += text),
      onEvent: ({ resourcePreEvent, diagnosticEvent }) => {
        const metadata = resourcePreEvent?.metadata;
        if (metadata?.type.endsWith(":OciArtifact") === true) operations.push(metadata.op);
        if (diagnosticEvent?.severity === "warning") warnings.push(diagnosticEvent.message);
      },
      signal: this.#signal,
    });
    return { lines: output.split("\n"), operations, warnings };
  }
}

/** Neither reads nor writes the user's own Pulumi settings. */
function environment(folder: string, backend: string): Record<string, string> {
  return {
    ...pulumiSettings(join(folder, "home"), backend),
    // ts-node caches compiled files here.
    TMPDIR: folder,
    TMP: folder,
    TEMP: folder,
    // The example's types are checked when this checkout is compiled.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
