import { OPEN } from "../world.js";
import { keyOf } from "./names.js";
import type { Place } from "./place.js";
import type { Verb } from "./steps.js";
import type { Walker } from "./walker.js";

/** The next run, after doing what the message asked for. */
export type Next = Verb;

type Remedy = (walker: Walker, match: RegExpExecArray) => Promise<Next> | Next;

const NAME = /::([\w-]+)$/;

/**
 * What a user does who only reads the message. A message that no remedy here understands
 * leaves the user without a way out, which is a defect.
 */
const REMEDIES: readonly (readonly [RegExp, Remedy])[] = [
  [/[Rr]un `pulumi up --refresh`/, () => "up --refresh"],
  // The user chooses another tag and leaves this one to its owner.
  [/:([\w.-]+) exists and names \S+ not/, (walker, [, tag = ""]) => leaveTag(walker, tag)],
  [
    /by (urn:\S+): remove or change that resource first/,
    (walker, [, urn = ""]) => {
      drop(walker, NAME.exec(urn)?.[1]);
      return "up";
    },
  ],
  [
    /([^\s/]+\/\S+?)[:@]((?:sha256:)?[\w.-]+) is locked .* by somebody else/,
    async (walker, [, repository = "", name = ""]): Promise<Next> => {
      const place = walker.places.find((one) => repository.endsWith(`/${one.repository}`));
      await open(place ?? walker.main, name);
      return "up";
    },
  ],
  [
    /A lock forbids it: open it first/,
    async (walker): Promise<Next> => {
      await openAll(walker);
      return "up";
    },
  ],
  [
    /does not exist, so (?:its attributes cannot be set|the tag)|the index names manifests that do not exist/,
    (walker) => {
      dropReferring(walker);
      return "up";
    },
  ],
  [
    /(?:which is to be copied, does not exist|does not exist: nothing was published)/,
    (walker) => {
      for (const [name, { kind }] of walker.specs) if (kind === "ArtifactCopy") drop(walker, name);
      return "up";
    },
  ],
  [
    /but this TagLock is for/,
    (walker) => {
      for (const [name, { kind, inputs }] of walker.specs) {
        if (kind === "TagLock" && "digest" in inputs) drop(walker, name);
      }
      return "up";
    },
  ],
];

/** Does what messages suggest; a repeated message gets its next suggestion. */
export class Remedies {
  readonly #tried = new Set<string>();

  /** `undefined` if nothing is left to do that the message suggests. */
  async follow(walker: Walker, message: string): Promise<Next | undefined> {
    for (const [pattern, remedy] of REMEDIES) {
      const match = pattern.exec(message);
      const attempt = `${pattern.source} ${message}`;
      if (match === null || this.#tried.has(attempt)) continue;
      this.#tried.add(attempt);
      return remedy(walker, match);
    }
    return undefined;
  }
}

function leaveTag(walker: Walker, tag: string): Next {
  for (const [name, spec] of walker.specs) {
    const { kind, inputs } = spec;
    if (kind === "ArtifactTag" && inputs["tag"] === tag) drop(walker, name);
    if (!Array.isArray(inputs["tags"])) continue;
    const tags = (inputs["tags"] as string[]).filter((one) => one !== tag);
    walker.specs.set(name, { ...spec, inputs: { ...inputs, tags } });
  }
  return "up";
}

function drop(walker: Walker, name = ""): void {
  if (!walker.specs.delete(keyOf(name)))
    throw new Error(`the message names ${name}, which is not declared`);
}

/** Drops resources that refer to what somebody else has deleted. */
function dropReferring(walker: Walker): void {
  for (const [name, { kind, inputs }] of walker.specs) {
    const refers = JSON.stringify(inputs).includes('"theirs"');
    if (kind === "TagLock" || refers) walker.specs.delete(name);
  }
}

async function open(place: Place, name: string): Promise<void> {
  const { world } = place;
  place.touch();
  if (name.startsWith("sha256:")) await world.somebody.setManifestAttributes(name, OPEN);
  else await world.somebody.setTagAttributes(name, OPEN);
}

async function openAll({ places }: Walker): Promise<void> {
  for (const place of places) {
    const { tags, manifests } = await place.world.holdings();
    for (const [name, { attributes }] of [...tags, ...manifests]) {
      const closed = !attributes.deleteEnabled || !attributes.writeEnabled;
      if (closed) await open(place, name);
    }
  }
}
