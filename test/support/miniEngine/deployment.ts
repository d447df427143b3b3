import { UNKNOWN } from "../../../provider/arguments/unknown.js";
import { changedKeys, withAssetHashes } from "./propertyValues.js";
import { ProviderHost, type ProviderSettings } from "./providerHost.js";
import {
  type Bag,
  type Declaration,
  type Program,
  registeredInputs,
  type ResourceState,
  urnOf,
} from "./resourceState.js";

export type Operation = "create" | "update" | "replace" | "same" | "delete";

/** `check` refused the inputs. */
export class CheckError extends Error {
  constructor(
    readonly resource: string,
    readonly failures: readonly { readonly property: string; readonly reason: string }[],
  ) {
    super(failures.map(({ property, reason }) => `${resource}: ${property}: ${reason}`).join("\n"));
  }
}

export interface DeploymentOptions extends ProviderSettings {
  readonly preview: boolean;
  /** Names of resources to replace whatever `diff` would say (`--replace`, `state taint`). */
  readonly replace: ReadonlySet<string>;
}

/** One run of the engine over one state, with a provider process of its own. */
export class Deployment {
  readonly provider: ProviderHost;
  operations: Record<string, Operation> = {};
  changes: Record<string, readonly string[]> = {};
  readonly outputs: Record<string, Bag> = {};
  readonly deletedIds: string[] = [];
  state: ResourceState[];
  readonly #options: DeploymentOptions;

  constructor(state: readonly ResourceState[], options: DeploymentOptions) {
    this.state = [...state];
    this.#options = options;
    this.provider = new ProviderHost(options);
  }

  /** `read`, then `diff` the other way round, for every resource. */
  async refresh(): Promise<void> {
    for (const old of [...this.state]) {
      const { kind, id } = old;
      const found = await this.provider.read(kind, id, old.outputs);
      if (found === undefined) {
        this.operations[old.name] = "delete";
        this.state = this.state.filter((other) => other !== old);
        continue;
      }
      const inputs = found.inputs ?? old.inputs;
      const fresh = { ...old, id: found.id, outputs: found.outputs, inputs, initErrors: [] };
      await this.provider.diff(kind, fresh.id, fresh.outputs, old.inputs);
      const changed = changedKeys(
        { ...old.inputs, ...old.outputs },
        { ...fresh.inputs, ...fresh.outputs },
      );
      this.operations[old.name] = changed.length > 0 ? "update" : "same";
      this.changes[old.name] = changed;
      this.#exchange(old, fresh);
    }
  }

  /** Every declared resource in order, then the deletes. */
  async run(program: Program): Promise<void> {
    // What a refresh found is overtaken by what is done about it.
    this.operations = {};
    this.changes = {};
    const previous = [...this.state];
    const seen = new Set<ResourceState>();
    for (const declaration of program) {
      const old = this.#find(declaration);
      if (old !== undefined) seen.add(old);
      await this.#register(declaration, old);
    }
    await this.#deleteReversed(
      this.state.filter((one) => one.pendingDelete || (previous.includes(one) && !seen.has(one))),
    );
  }

  async destroy(): Promise<void> {
    await this.#deleteReversed(this.state);
  }

  #find({ kind, name, aliases = [] }: Declaration): ResourceState | undefined {
    const urns = [name, ...aliases].map((known) => urnOf(kind, known));
    return this.state.find(({ urn, pendingDelete }) => !pendingDelete && urns.includes(urn));
  }

  async #register(declaration: Declaration, old: ResourceState | undefined): Promise<void> {
    const { name } = declaration;
    const registered = registeredInputs(declaration, (of) => this.outputs[of] ?? {});
    const news = withAssetHashes(registered, this.#options.directory) as Bag;
    const forced = this.#options.replace.has(name);
    const inputs = await this.#check(declaration, forced ? {} : (old?.inputs ?? {}), news);
    if (old === undefined) return this.#create(declaration, inputs);
    if (forced) return this.#replace(declaration, old, inputs);
    const { changes, replaces } = await this.provider.diff(old.kind, old.id, old.outputs, inputs);
    const keys = changedKeys(old.inputs, inputs);
    const changed = changes ?? keys.length > 0;
    this.changes[name] = changed ? keys : [];
    if (changed && replaces.length > 0) {
      // Defaults are computed anew for a replacement: nothing old counts.
      return this.#replace(declaration, old, await this.#check(declaration, {}, news));
    }
    if (changed || old.initErrors.length > 0) return this.#update(declaration, old, inputs);
    this.#settle(declaration, "same", { ...old, ...identityOf(declaration), inputs }, old);
  }

  async #check({ kind, name }: Declaration, olds: Bag, news: Bag): Promise<Bag> {
    const { inputs, failures } = await this.provider.check(kind, olds, news);
    if (failures.length > 0) throw new CheckError(name, failures);
    return inputs;
  }

  async #create(declaration: Declaration, inputs: Bag, replaced?: ResourceState): Promise<void> {
    const identity = identityOf(declaration);
    const operation = replaced === undefined ? "create" : "replace";
    this.operations[declaration.name] = operation;
    if (this.#options.preview) {
      this.outputs[declaration.name] = { ...inputs, id: UNKNOWN };
      return;
    }
    const fresh = { ...identity, inputs, initErrors: [], pendingDelete: false };
    const markOld = (): void => {
      if (replaced !== undefined) this.#exchange(replaced, { ...replaced, pendingDelete: true });
    };
    try {
      const { id, outputs } = await this.provider.create(identity.kind, inputs);
      markOld();
      this.#settle(declaration, operation, { ...fresh, id, outputs });
    } catch (error) {
      if (isHalfMade(error)) {
        markOld();
        const { id, properties: outputs, reasons: initErrors } = error;
        this.state.push({ ...fresh, id, outputs, initErrors });
      }
      throw error;
    }
  }

  async #replace(declaration: Declaration, old: ResourceState, inputs: Bag): Promise<void> {
    if (declaration.deleteBeforeReplace !== true || this.#options.preview) {
      return this.#create(declaration, inputs, old);
    }
    await this.#delete(old);
    await this.#create(declaration, inputs);
    this.operations[declaration.name] = "replace";
  }

  async #update(declaration: Declaration, old: ResourceState, inputs: Bag): Promise<void> {
    const identity = identityOf(declaration);
    this.operations[declaration.name] = "update";
    if (this.#options.preview) {
      this.outputs[declaration.name] = { ...inputs, id: old.id };
      return;
    }
    try {
      const outputs = await this.provider.update(identity.kind, old.id, old.outputs, inputs);
      const fresh = { ...old, ...identity, inputs, outputs, initErrors: [] };
      this.#settle(declaration, "update", fresh, old);
    } catch (error) {
      if (isHalfMade(error)) {
        // New outputs, but the old inputs (pulumi/pulumi#2011).
        const { properties: outputs, reasons: initErrors } = error;
        this.#exchange(old, { ...old, ...identity, outputs, initErrors });
      }
      throw error;
    }
  }

  #settle(
    { name }: Declaration,
    operation: Operation,
    fresh: ResourceState,
    old?: ResourceState,
  ): void {
    this.operations[name] = operation;
    this.outputs[name] = { ...fresh.outputs, id: fresh.id };
    if (old === undefined) this.state.push(fresh);
    else this.#exchange(old, fresh);
  }

  async #deleteReversed(states: readonly ResourceState[]): Promise<void> {
    for (const old of [...states].reverse()) {
      this.operations[old.name] ??= "delete";
      if (!this.#options.preview) await this.#delete(old);
    }
  }

  async #delete(old: ResourceState): Promise<void> {
    if (!old.retainOnDelete) {
      await this.provider.delete(old.kind, old.id, old.outputs);
      this.deletedIds.push(old.id);
    }
    this.state = this.state.filter((other) => other !== old);
  }

  #exchange(old: ResourceState, fresh: ResourceState): void {
    this.state = this.state.map((one) => (one === old ? fresh : one));
  }
}

function identityOf(
  declaration: Declaration,
): Pick<ResourceState, "urn" | "name" | "kind" | "retainOnDelete"> {
  const { kind, name, retainOnDelete = false } = declaration;
  return { urn: urnOf(kind, name), name, kind, retainOnDelete };
}

interface HalfMade {
  readonly id: string;
  readonly properties: Bag;
  readonly reasons: readonly string[];
}

/** Whatever has an `id` is taken for a half-made resource, as the dynamic host does. */
function isHalfMade(error: unknown): error is HalfMade {
  return error instanceof Error && "id" in error && Boolean(error.id);
}
