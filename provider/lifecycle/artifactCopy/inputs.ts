import type { Digest } from "../../oci/digest.js";
import type { RepositoryName, Tag } from "../../oci/reference.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import { type ArtifactInputs, duplicateTags, PUBLISHED, VERIFY } from "../published/inputs.js";
import type { RegistryArguments } from "../../arguments/registrySettings.js";
import {
  digest,
  exactlyOne,
  flag,
  object,
  registry,
  repositoryName,
  tag,
  validate,
} from "../../arguments/schema.js";

/** Where the content to copy is. */
export interface SourceInputs {
  readonly repository: RepositoryName;
  readonly digest?: Digest;
  readonly tag?: Tag;
  /** As resolved by `check`; absent if it is the target's registry. */
  readonly registry?: RegistryArguments & { readonly loginServer: string };
}

/** Inputs of an `ArtifactCopy`. */
export interface CopyInputs extends ArtifactInputs {
  readonly source: SourceInputs;
  readonly referrers?: boolean;
}

const source = exactlyOne(
  {
    repository: repositoryName,
    digest: digest.optional(),
    tag: tag.optional(),
    registry: registry.optional(),
  },
  ["digest", "tag"],
);

/** The content is copied unchanged, so none of it can be declared. */
const { artifactType: _type, annotations: _texts, subject: _subject, ...published } = PUBLISHED;

const schema = object({ ...published, source, referrers: flag.optional(), verify: VERIFY });

export function validateInputs(news: PropertyBag): CheckFailure[] {
  const failures = validate(schema, news);
  return failures.length > 0 ? failures : duplicateTags(news["tags"]);
}

export function asCopy(inputs: PropertyBag | ArtifactInputs): CopyInputs {
  return inputs as unknown as CopyInputs;
}
