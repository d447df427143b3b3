import type { Attributes } from "../../registry/attributes.js";
import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { PropertyBag } from "../lifecycle.js";
import { type AttributeState, attributesOf, baseOf, type Found } from "./kind.js";
import type { Previous, Subject } from "./managedAttributes.js";

export function outputs(inputs: PropertyBag, found: Found, previous: Previous): PropertyBag {
  return {
    ...inputs,
    tagDigest: found.tagDigest,
    drift: [],
    __declared: attributesOf(inputs),
    __previous: previous,
  };
}

export function inputsOf(state: PropertyBag): PropertyBag {
  const {
    tagDigest: _digest,
    drift: _drift,
    __declared: _declared,
    __previous: _previous,
    ...inputs
  } = state;
  return inputs;
}

/** The subjects that the state remembers, by their full references. */
export function subjectsOf(state: AttributeState): Subject[] {
  const base = baseOf(state as unknown as PropertyBag);
  return Object.keys(state.__previous).map((reference) => subjectNamed(base, reference));
}

/** The subject of a full reference; the base alone means the repository itself. */
export function subjectNamed(base: string, reference: string): Subject {
  const name = reference.slice(base.length + 1);
  return { reference, subject: name === "" ? undefined : (name as Subject["subject"]) };
}

/** The declared attributes, inverted where any subject differs. */
export function liveAttributes(
  declared: NamedAttributes,
  live: readonly Attributes[],
): NamedAttributes {
  return Object.fromEntries(
    namesOf(declared).map((name) => {
      const differs = live.some((attributes) => attributes[name] !== declared[name]);
      return [name, differs ? !declared[name] : declared[name]];
    }),
  );
}

/** Keeps the values remembered before; for new subjects and attributes, remembers those in `found`. */
export function previousOf(
  state: AttributeState,
  live: ReadonlyMap<Subject, Attributes>,
  found: (subject: Subject, attributes: Attributes) => NamedAttributes,
): Previous {
  return Object.fromEntries(
    [...live].map(([subject, attributes]) => {
      const { reference } = subject;
      const now = found(subject, attributes);
      const known = state.__previous[reference] ?? {};
      const kept = namesOf(now).map((name) => [name, known[name] ?? now[name]]);
      return [reference, Object.fromEntries(kept) as NamedAttributes];
    }),
  );
}
