import type { Drift } from "../../artifact/foundDrift.js";
import type { Digest } from "../../oci/digest.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Claim } from "../ownership.js";
import { baseOf } from "../published/state.js";
import type { TagInputs } from "./inputs.js";

/** Outputs: `digest` shows what the tag names, `__declared` what it is to name. */
export interface TagState extends TagInputs {
  readonly drift: readonly Drift[];
  readonly __declared: { readonly digest: Digest };
  /** Of an update that may have failed: what the tag named before, which was ours as well. */
  readonly __former?: string;
}

/** The tag as declared: how a finished create or update leaves it. */
export function outputsOf(inputs: TagInputs): PropertyBag {
  return { ...inputs, drift: [], __declared: { digest: inputs.digest } };
}

export function inputsOf(state: PropertyBag): PropertyBag {
  const { drift: _drift, __declared: _declared, __former: _former, ...inputs } = state;
  return inputs;
}

/** What the program declares. */
export function claimOf(inputs: TagInputs): Claim {
  const { tag, digest } = inputs;
  return { repository: baseOf(inputs), uses: [digest], tags: { [tag]: digest } };
}

/** What the state owns: the tag, be it on one or the other of two digests. */
export function claimOfState(state: TagState): Claim {
  const { tag, digest } = state;
  return { repository: baseOf(state), tags: { [tag]: digest }, putOn: ownDigests(state) };
}

/** What the resource has put the tag on, or may have: on anything else somebody else has put it. */
export function ownDigests({
  __declared: declared,
  __former: former,
}: TagState): readonly string[] {
  return former === undefined ? [declared.digest] : [declared.digest, former];
}

export function asState(bag: PropertyBag): TagState {
  return bag as unknown as TagState;
}
