import { UNKNOWN } from "../../../provider/arguments/unknown.js";
import { dependentsToReplace, identityOf } from "./dependents.js";
import { CheckError, isHalfMade } from "./failures.js";
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
  /** URNs that the program has declared so far, including former names of resources. */
  readonly #seen = new Set<string>();
  /** URNs of resources that this run deleted for another one before the program declared them. */
  readonly #condemned = new Set<string>();
  /** Deleted by an earlier run, and now replaced without deleteBeforeReplace. */
  readonly #deletedTwice: ResourceState[] = [];
  readonly #outputsOf = (name: string): Bag => this.outputs[name] ?? {};

  constructor(state: readonly ResourceState[], options: DeploymentOptions) {
    this.state = [...state];
    this.#options = options;
    this.provider = new ProviderHost(options);
  }

  /** `read` and then a reversed `diff`, for every resource. */
  async refresh(): Promise<void> {
    for (const old of [...this.state]) {
      const { kind, id } = old;
      // Nothing exists that could be read.
      if (old.pendingReplacement === true) continue;
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
    // The operations of the run replace what the refresh reported.
    this.operations = {};
    this.changes = {};
    for (const declaration of program) {
      const old = this.#find(declaration);
      if (old !== undefined) this.#seen.add(old.urn);
      this.#seen.add(urnOf(declaration.kind, declaration.name));
      await this.#register(declaration, old);
    }
    const deletes = this.state.filter(
      ({ urn, pendingDelete }) => pendingDelete || !this.#seen.has(urn),
    );
    // Replaced resources that still exist are deleted now, even at a second attempt.
    await this.#deleteReversed([...deletes, ...this.#deletedTwice]);
  }

  async destroy(): Promise<void> {
    await this.#deleteReversed(this.state);
  }

  /** Looks up the current name first and then the former ones in their order. */
  #find({ kind, name, aliases = [] }: Declaration): ResourceState | undefined {
    for (const known of [name, ...aliases]) {
      const found = this.state.find(
        ({ urn, pendingDelete }) => !pendingDelete && urn === urnOf(kind, known),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #register(declaration: Declaration, old: ResourceState | undefined): Promise<void> {
    const { name } = declaration;
    const registered = registeredInputs(declaration, this.#outputsOf);
    const news = withAssetHashes(registered, this.#options.directory) as Bag;
    const recreated = old !== undefined && this.#condemned.has(old.urn);
    const afresh = recreated || this.#options.replace.has(name);
    const inputs = await this.#check(declaration, afresh ? {} : (old?.inputs ?? {}), news);
    if (old === undefined) return this.#create(declaration, inputs);
    if (recreated) return this.#create(declaration, inputs, old);
    if (afresh) return this.#replace(declaration, old, inputs);
    const { changes, replaces } = await this.provider.diff(old.kind, old.id, old.outputs, inputs);
    const keys = changedKeys(old.inputs, inputs);
    const changed = changes ?? keys.length > 0;
    this.changes[name] = changed ? keys : [];
    if ((changed && replaces.length > 0) || old.pendingReplacement === true) {
      // A replacement computes its defaults anew, without old inputs.
      return this.#replace(declaration, old, await this.#check(declaration, {}, news));
    }
    if (changed || old.initErrors.length > 0) return this.#update(declaration, old, inputs);
    this.#settle(
      declaration,
      "same",
      { ...old, ...identityOf(declaration, this.#outputsOf, this.state), inputs },
      old,
    );
  }

  async #check({ kind, name }: Declaration, olds: Bag, news: Bag): Promise<Bag> {
    const { inputs, failures } = await this.provider.check(kind, olds, news);
    if (failures.length > 0) throw new CheckError(name, failures);
    return inputs;
  }

  async #create(declaration: Declaration, inputs: Bag, replaced?: ResourceState): Promise<void> {
    const identity = identityOf(declaration, this.#outputsOf, this.state);
    const operation = replaced === undefined ? "create" : "replace";
    this.operations[declaration.name] = operation;
    if (this.#options.preview) {
      this.outputs[declaration.name] = { ...inputs, id: UNKNOWN };
      return;
    }
    const fresh = { ...identity, inputs, initErrors: [], pendingDelete: false };
    try {
      const { id, outputs } = await this.provider.create(identity.kind, inputs);
      this.#markReplaced(declaration, replaced);
      this.#settle(declaration, operation, { ...fresh, id, outputs });
    } catch (error) {
      if (isHalfMade(error)) {
        this.#markReplaced(declaration, replaced);
        const { id, properties: outputs, reasons: initErrors } = error;
        this.state.push({ ...fresh, id, outputs, initErrors });
      }
      throw error;
    }
  }

  #markReplaced(declaration: Declaration, old: ResourceState | undefined): void {
    if (old === undefined) return;
    if (old.pendingReplacement !== true) {
      return this.#exchange(old, { ...old, pendingDelete: true });
    }
    this.#remove(old);
    const deletesFirst = declaration.deleteBeforeReplace === true || this.#condemned.has(old.urn);
    if (!deletesFirst) this.#deletedTwice.push({ ...old, pendingReplacement: false });
  }

  async #replace(declaration: Declaration, old: ResourceState, inputs: Bag): Promise<void> {
    if (declaration.deleteBeforeReplace !== true || this.#options.preview) {
      return this.#create(declaration, inputs, old);
    }
    const condemned = await dependentsToReplace(this.provider, old, this.state, this.#seen);
    for (const one of condemned.reverse()) {
      this.#condemned.add(one.urn);
      await this.#deleteForReplacement(one);
    }
    const deleted = old.pendingReplacement === true ? old : await this.#deleteForReplacement(old);
    await this.#create(declaration, inputs, deleted);
  }

  /** The record stays until the replacement exists, and shows that it must be created. */
  async #deleteForReplacement(old: ResourceState): Promise<ResourceState> {
    await this.#callDelete(old);
    const deleted = { ...old, pendingReplacement: true };
    this.#exchange(old, deleted);
    return deleted;
  }

  async #update(declaration: Declaration, old: ResourceState, inputs: Bag): Promise<void> {
    const identity = identityOf(declaration, this.#outputsOf, this.state);
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
    if (old.pendingReplacement !== true) await this.#callDelete(old);
    this.#remove(old);
  }

  async #callDelete({ kind, id, outputs, retainOnDelete }: ResourceState): Promise<void> {
    // The state's setting counts, not the program's current one.
    if (retainOnDelete) return;
    await this.provider.delete(kind, id, outputs);
    this.deletedIds.push(id);
  }

  #remove(old: ResourceState): void {
    this.state = this.state.filter((other) => other !== old);
  }

  #exchange(old: ResourceState, fresh: ResourceState): void {
    this.state = this.state.map((one) => (one === old ? fresh : one));
  }
}
