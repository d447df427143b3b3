import type { dynamic } from "@pulumi/pulumi";
import { dynamicProvider } from "../../../provider/lifecycle/dynamicProvider.js";
import type { Severity } from "../../../provider/lifecycle/engineLog.js";
import { Host } from "../../../provider/lifecycle/host.js";
import { KINDS } from "../../../provider/lifecycle/kinds.js";
import type { ClientManners } from "../../../provider/arguments/sessions.js";
import { tellingCalls } from "../providerCalls.js";
import { throughStruct, withoutAssetContents } from "./propertyValues.js";
import type { Bag, Kind } from "./resourceState.js";

/** A message to the user. */
export interface Message {
  /** Name of the resource that shows it; empty for the stack. */
  readonly resource: string;
  readonly severity: Severity;
  readonly text: string;
  readonly ephemeral: boolean;
}

export interface ProviderSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly configuration: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly manners?: ClientManners;
  /** Runs before a message counts as delivered, and so before the operation that sent it ends. */
  readonly onMessage?: (message: Message) => void | Promise<void>;
  readonly onCall?: (call: string) => void;
}

type Checked = { readonly inputs: Bag; readonly failures: readonly dynamic.CheckFailure[] };
type Difference = { readonly changes: boolean | undefined; readonly replaces: readonly string[] };
type Read = { readonly id: string; readonly outputs: Bag; readonly inputs: Bag | undefined };

/** The engine's error for an operation whose host has died. */
export class HostKilled extends Error {
  constructor() {
    super("the provider's process was killed");
  }
}

/** The dynamic host of one deployment: how it passes on, refuses and completes calls. */
export class ProviderHost {
  readonly messages: Message[] = [];
  readonly #host: Host;
  readonly #providers = new Map<Kind, dynamic.ResourceProvider>();
  readonly #death = Promise.withResolvers<never>();
  readonly #onCall: (call: string) => void;

  constructor(settings: ProviderSettings) {
    const { environment, configuration, directory, manners, onMessage } = settings;
    this.#onCall = settings.onCall ?? (() => undefined);
    this.#host = new Host({
      environment: (name) => environment[name],
      directory,
      manners,
      // Resources are processed in order, each after the one before is done.
      quietMs: 0,
      sendLog: (urn, severity, text, ephemeral) => {
        const resource = urn.split("::").at(-1) ?? "";
        const message = { resource, severity, text, ephemeral };
        this.messages.push(message);
        return onMessage?.(message);
      },
    });
    this.#host.configure((key) => configuration[key]);
  }

  async check(kind: Kind, olds: Bag, news: Bag): Promise<Checked> {
    const { inputs, failures } = (await this.#call(kind, "check", olds, news)) as Checked;
    return { inputs: completed(inputs, news), failures };
  }

  diff(kind: Kind, id: string, olds: Bag, news: Bag): Promise<Difference> {
    const bags = [olds, news].map(withoutAssetContents);
    return this.#call(kind, "diff", id, ...bags) as Promise<Difference>;
  }

  async create(kind: Kind, inputs: Bag): Promise<{ id: string; outputs: Bag }> {
    const answer = (await this.#call(kind, "create", inputs)) as dynamic.CreateResult;
    return { id: answer.id, outputs: completed(answer.outs as Bag, inputs) };
  }

  async update(kind: Kind, id: string, olds: Bag, news: Bag): Promise<Bag> {
    const answer = await this.#call(kind, "update", id, withoutAssetContents(olds), news);
    return completed((answer as dynamic.UpdateResult).outs as Bag, news);
  }

  async read(kind: Kind, id: string, state: Bag): Promise<Read | undefined> {
    const answer = await this.#call(kind, "read", id, withoutAssetContents(state));
    const read = answer as dynamic.ReadResult;
    if (read.id === undefined || read.id === "") return undefined;
    return {
      id: read.id,
      outputs: completed(read.props as Bag, state),
      inputs: read.inputs as Bag,
    };
  }

  async delete(kind: Kind, id: string, state: Bag): Promise<void> {
    await this.#call(kind, "delete", id, withoutAssetContents(state));
  }

  /** The end of the process. */
  close(): void {
    this.#host.sessions.close();
  }

  /** The end by `kill -9`: the process sends nothing more and its pending answers are lost. */
  kill(): void {
    this.#death.promise.catch(() => undefined);
    this.#death.reject(new HostKilled());
    this.close();
  }

  async #call(
    kind: Kind,
    verb: keyof dynamic.ResourceProvider,
    ...args: unknown[]
  ): Promise<unknown> {
    const provider = this.#provider(kind);
    const method = provider[verb] as (...args: unknown[]) => Promise<unknown>;
    const running = method.apply(provider, args.map(throughStruct));
    const answer = await Promise.race([running, this.#death.promise]);
    // `changes: undefined` is how a diff says "unknown"; it is not part of any bag.
    return verb === "diff" || answer === undefined ? answer : throughStruct(answer);
  }

  #provider(kind: Kind): dynamic.ResourceProvider {
    const known = this.#providers.get(kind);
    if (known !== undefined) return known;
    const provider = dynamicProvider(kind, KINDS[kind](this.#host), this.#host);
    const telling = tellingCalls(provider as dynamic.ResourceProvider, this.#onCall);
    this.#providers.set(kind, telling);
    return telling;
  }
}

/** The host puts the provider's text back into every result. */
function completed(result: Bag, given: Bag): Bag {
  const { __provider } = given;
  return { ...result, __provider };
}
