import type { ContentOutline } from "../../artifact/contentChange.js";
import type { LiveArtifact } from "../../artifact/inspect.js";
import type { WantedParts } from "../../artifact/missingParts.js";
import type { Pushable } from "../../artifact/pushable.js";
import type { ParsedManifest } from "../../oci/manifest.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { ArtifactInputs } from "./inputs.js";

/**
 * What distinguishes the kinds of content that are published under tags. Tags, locks, conflicts,
 * drift and deletion are the same for all of them.
 */
export interface ContentKind {
  /** The resource's name, for messages. */
  readonly name: string;
  /** Inputs of its own, beside those that all kinds have; a change of one of them is shown. */
  readonly compared: readonly string[];
  /** Inputs that `derive` adds, and no program gives. */
  readonly derived: readonly string[];
  /** Outputs that only publishing finds out; they are no inputs. */
  readonly found: readonly string[];
  /** Everything about the inputs that can be judged without looking at a file. */
  validate(news: PropertyBag): CheckFailure[];
  /**
   * Inputs that follow from the others, without network unless the kind says so; what is unknown leaves
   * unknown what needs it.
   */
  derive(
    host: Host,
    olds: PropertyBag,
    given: PropertyBag,
    operation: Operation,
  ): Promise<PropertyBag>;
  /** The property as the user wrote it, of a mistake that `derive` found. */
  writtenProperty(property: string, inputs: PropertyBag): string;
  /** The content as a change of it is explained, of inputs that are all known; absent: only the digest differs. */
  outline?(inputs: ArtifactInputs): ContentOutline;
  /** The content to publish, which must be what was planned. */
  pack(host: Host, inputs: PropertyBag, operation: Operation): Promise<Pushable>;
  /** The content once more, to put tags on it when it is published already. */
  packAgain(
    host: Host,
    inputs: PropertyBag,
    repository: Repository,
    operation: Operation,
  ): Promise<Pushable>;
  /** The outputs named in `found`. */
  findings(content: Pushable): PropertyBag;
  /** The error where `derive` left the digest out, and the content is to be published. */
  undecided?(inputs: ArtifactInputs): Error;
  /** Throws if something is not there that the content takes for granted; nothing is written before. */
  requireReferenced(
    repository: Repository,
    inputs: ArtifactInputs,
    operation: Operation,
  ): Promise<void>;
  /** What a refresh looks for beside the manifest itself. */
  wantedParts(state: ArtifactInputs): WantedParts;
  /** The inputs without what was found missing, for the engine's own difference. */
  withoutMissing(inputs: ArtifactInputs, live: LiveArtifact): ArtifactInputs;
  /** Properties of a manifest that somebody else published; `undefined` if it is of another kind. */
  describe(manifest: ParsedManifest): PropertyBag | undefined;
}
