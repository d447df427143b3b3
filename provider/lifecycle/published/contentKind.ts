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
 * What distinguishes the kinds of published content. Tags, locks, conflicts, drift and deletion work
 * alike for all of them.
 */
export interface ContentKind {
  /** The resource's name, for messages. */
  readonly name: string;
  /** Inputs of this kind in addition to those of all kinds. Changes of them are shown. */
  readonly compared: readonly string[];
  /** Inputs that `derive` adds and no program sets. */
  readonly derived: readonly string[];
  /** Outputs that are only known after publishing, and are not inputs. */
  readonly found: readonly string[];
  /** Validates the inputs as far as possible without reading a file. */
  validate(news: PropertyBag): CheckFailure[];
  /**
   * Derives inputs from the others, without network unless the kind says so. An unknown input makes only
   * those unknown that depend on it.
   */
  derive(
    host: Host,
    olds: PropertyBag,
    given: PropertyBag,
    operation: Operation,
  ): Promise<PropertyBag>;
  /** The property as the user wrote it, for an error found by `derive`. */
  writtenProperty(property: string, inputs: PropertyBag): string;
  /**
   * The content in the form in which a change is explained, from inputs that are all known. If absent,
   * only the digests are compared.
   */
  outline?(inputs: ArtifactInputs): ContentOutline;
  /** The content to publish, which must be what was planned. */
  pack(host: Host, inputs: PropertyBag, operation: Operation): Promise<Pushable>;
  /** The content again, to set tags on it when it is published already. */
  packAgain(
    host: Host,
    inputs: PropertyBag,
    repository: Repository,
    operation: Operation,
  ): Promise<Pushable>;
  /** The outputs named in `found`. */
  findings(content: Pushable): PropertyBag;
  /** The error if `derive` left the digest out and the content must be published. */
  undecided?(inputs: ArtifactInputs): Error;
  /** Throws if something that the content depends on is missing. Nothing is written before. */
  requireReferenced(
    repository: Repository,
    inputs: ArtifactInputs,
    operation: Operation,
  ): Promise<void>;
  /** What a refresh checks in addition to the manifest itself. */
  wantedParts(state: ArtifactInputs): WantedParts;
  /** The inputs without what is missing, for the engine's own diff. */
  withoutMissing(inputs: ArtifactInputs, live: LiveArtifact): ArtifactInputs;
  /** Properties of a manifest that somebody else published; `undefined` if it is of another kind. */
  describe(manifest: ParsedManifest): PropertyBag | undefined;
}
