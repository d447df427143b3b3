import type { Drift } from "../../artifact/foundDrift.js";
import type { NamedAttributes } from "../../artifact/lock.js";
import { parseLoginServer } from "../../oci/loginServer.js";
import { ATTRIBUTE_NAMES } from "../../registry/attributes.js";
import type { Repository } from "../../registry/repository.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { RegistryArguments } from "../../arguments/registrySettings.js";
import type { Previous, Subject } from "./managedAttributes.js";

/** Inputs of all kinds. The attributes are members of the same object, under their wire names. */
export interface AttributeInputs extends NamedAttributes {
  readonly repository: string;
  readonly registry: RegistryArguments & { readonly loginServer: string };
  readonly __urn?: string;
}

/** Outputs: the inputs with the live attributes, and what the resource remembers. */
export interface AttributeState extends AttributeInputs {
  readonly drift: readonly Drift[];
  /** The manifest that a locked tag named. */
  readonly tagDigest?: string;
  readonly __declared: NamedAttributes;
  readonly __previous: Previous;
}

/** What was found of a resource's subjects in the registry. */
export interface Found {
  readonly subjects: readonly Subject[];
  /** The manifest that the tag names. */
  readonly tagDigest?: string;
  /** Drift that is not about attributes. */
  readonly drift: readonly Drift[];
}

/** What distinguishes the kinds of resource that manage attributes. */
export interface AttributeKind {
  readonly name: string;
  /**
   * Inputs that identify the resource, in addition to the login server. A change replaces the resource.
   */
  readonly identity: readonly string[];
  /** Other inputs, apart from the attributes. A change updates the resource. */
  readonly compared: readonly string[];
  validate(news: PropertyBag): CheckFailure[];
  /** Adds defaults. */
  complete(news: PropertyBag): PropertyBag;
  /** The id as messages show it, for example `<login server>/<repository>:<tag>`. */
  readonly idForm: string;
  id(base: string, inputs: PropertyBag): string;
  /** The inputs for an id, for `get`. */
  fromId(id: string): PropertyBag | undefined;
  /** The subjects in the registry; `undefined` if the first of them does not exist. */
  find(
    repository: Repository,
    base: string,
    inputs: PropertyBag,
    state: AttributeState | undefined,
    operation: Operation,
  ): Promise<Found | undefined>;
  /** Throws if the findings contradict the inputs, before anything is written. */
  require(found: Found, base: string, inputs: PropertyBag): void;
  /** Inputs, apart from the attributes, that show the live state. */
  liveInputs(state: AttributeState, found: Found): PropertyBag;
}

export function attributesOf(inputs: PropertyBag): NamedAttributes {
  const named = ATTRIBUTE_NAMES.filter((name) => typeof inputs[name] === "boolean");
  return Object.fromEntries(named.map((name) => [name, inputs[name]]));
}

export function withAttributes(inputs: PropertyBag, attributes: NamedAttributes): PropertyBag {
  const rest = Object.fromEntries(
    Object.entries(inputs).filter(([key]) => !ATTRIBUTE_NAMES.some((name) => name === key)),
  );
  return { ...rest, ...attributes };
}

export function baseOf(inputs: PropertyBag): string {
  const { registry, repository } = inputs as unknown as AttributeInputs;
  return `${parseLoginServer(registry.loginServer).loginServer}/${repository}`;
}
