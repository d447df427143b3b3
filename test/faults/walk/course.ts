import type { Declaration, Message, ResourceState } from "../../support/miniEngine.js";
import type { Holdings, World } from "../world.js";
import { declaredLocks, lockedBy, locksContent, tagsOf } from "./claims.js";
import type { Inventory } from "./inventory.js";
import type { Verb } from "./steps.js";

/** Registry and state at one moment. */
export interface Moment {
  readonly holdings: Holdings;
  readonly inventory: Inventory;
  readonly state: readonly ResourceState[];
}

/** One run of the engine, from before to after, as far as it concerns one repository. */
export interface Course {
  readonly verb: Verb;
  readonly program: readonly Declaration[];
  readonly before: Moment;
  readonly after: Moment;
  readonly messages: readonly Message[];
  readonly error: Error | undefined;
  /** The time when the run began. */
  readonly now: number;
}

/** The state says so, or a refresh in the same run found it. */
export function isOurs({ verb, before }: Course, tag: string, digest: string | undefined): boolean {
  return before.state.some((one) => {
    const seen = tagsOf(one).get(tag);
    return seen !== undefined && (verb === "up --refresh" || seen.includes(digest));
  });
}

/** The state has closed attributes of this, or the program may be about to. */
export function managesAttributes(
  world: World,
  { before, after, program }: Course,
  name: string,
): boolean {
  const managed = [...before.state, ...after.state].flatMap(lockedBy);
  const tags = program.flatMap(declaredLocks);
  const named = tags.flatMap((tag) =>
    [before, after].map(({ holdings }) => holdings.tags.get(tag)?.digest),
  );
  if ([...managed, ...tags, ...named].includes(name)) return true;
  // Only the program's outputs would tell which manifest an unfinished run has locked.
  const locks = program.some(locksContent);
  const properties = program.some(({ kind }) => kind === "ManifestProperties");
  return (locks && !world.isForeign(name)) || (properties && name === world.theirs);
}
