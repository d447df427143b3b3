import type { Drift } from "../../artifact/foundDrift.js";
import type { Digest } from "../../oci/digest.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Claim } from "../ownership.js";
import { baseOf } from "../published/state.js";
import type { TagInputs } from "./inputs.js";

/** Outputs: `digest` is what the tag names, `__declared` what it should name. */
export interface TagState extends TagInputs {
  readonly drift: readonly Drift[];
  readonly __declared: { readonly digest: Digest };
  /** What the tag named before an update that may have failed, which was ours as well. */
  readonly __former?: string;
}

/** The outputs of a finished create or update. */
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

/** What the state owns: the tag, on either of two digests. */
export function claimOfState(state: TagState): Claim {
  const { tag, digest } = state;
  return { repository: baseOf(state), tags: { [tag]: digest }, putOn: ownDigests(state) };
}

/** The digests that the resource put the tag on, or may have. On any other, somebody else put it. */
export function ownDigests({
  __declared: declared,
  __former: former,
}: TagState): readonly string[] {
  return former === undefined ? [declared.digest] : [declared.digest, former];
}

export function asState(bag: PropertyBag): TagState {
  return bag as unknown as TagState;
}
