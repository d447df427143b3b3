import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { RetentionPlan } from "../provider/artifact/retention/retentionPlan.js";
import type { RegistryArgs } from "./registryArgs.js";

/**
 * Give at least one of `keepNewest`, `keepNewerThan`, `keepTags`, `expireTags` and `untaggedOnly`: a
 * policy without a rule is refused. What any keep rule keeps stays.
 */
export interface RetentionPolicyArgs {
  /** The repository, which need not exist yet. Changing it replaces the policy. */
  repository: pulumi.Input<string>;
  /**
   * Of the images that may expire, so many stay that were updated last. An index counts once, together
   * with the manifests that it names; signatures, SBOMs and other referrers without a tag do not count.
   * What is locked, or declared by the same program, stays in any case and counts too.
   */
  keepNewest?: pulumi.Input<number>;
  /**
   * What was updated within this time stays: a whole number and `m`, `h`, `d` or `w` for minutes, hours,
   * days or weeks, for example `30d`. The registry's `lastUpdateTime` of the manifest decides.
   */
  keepNewerThan?: pulumi.Input<string>;
  /**
   * Patterns of tags that never expire, with `*` for any characters and `?` for one. They win over
   * `expireTags`. Without `expireTags`, such a tag keeps its manifest with all other tags.
   */
  keepTags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Patterns of the only tags that may expire. A manifest that has other tags too loses those that
   * expired and stays; manifests without a tag stay, but for what goes with an expired image. Default:
   * every tag may expire, and so do manifests without a tag.
   */
  expireTags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Only manifests without a tag may expire. Not together with `expireTags`. */
  untaggedOnly?: pulumi.Input<boolean>;
  /**
   * A plan of more manifests and single tags than this fails, at preview, before anything is deleted.
   * Default: no limit.
   */
  maxDeletions?: pulumi.Input<number>;
  /**
   * Deletes locked manifests and tags too: they are opened just before. By default whatever is locked
   * stays. What the same program declares stays in any case, and so does all in a locked repository.
   */
  includeLocked?: pulumi.Input<boolean>;
  /**
   * Deletes although the registry counts more manifests than it lists. Those can be hidden by
   * `listEnabled: false`, and an index among them could name what goes, so that by default nothing does.
   * Set it where they are known to need nothing, or where the registry is known to count otherwise.
   */
  ignoreHidden?: pulumi.Input<boolean>;
  /** Which registry, and how to sign in. Default: stack configuration, then environment. */
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "RetentionPolicy";
/** What a program can read. */
const READABLE = ["repository", "plan", "deleted", "leftAlone"];

/**
 * Deletes what has expired in one repository, and nothing else: the exact manifests and tags are worked
 * out at preview and stand in its difference as `plan`. `up` works them out again, shows them, and
 * deletes those, each looked at once more just before: what somebody tagged, moved, updated, locked or
 * named in a new index or signature meanwhile stays, which is said. Where nothing has expired since, the
 * last plan stands and nothing changes.
 *
 * ```ts
 * new RetentionPolicy("images", { repository: "library/hello-world", keepNewest: 3 });
 * ```
 *
 * keeps the three most recent images. The age of an image is its `lastUpdateTime`. Never deleted: what
 * an index that stays names; what has a subject that stays, or is the subject of what stays; the tags
 * `sha256-…` (of Notation, or cosign's `.sig`, `.att`, `.sbom`) of what stays; anything locked, unless
 * `includeLocked`; and what the same program declares. Children of an index and untagged referrers go
 * with the last of what they belong to, whatever their own age. An index that cannot be read, a listing
 * that does not come to the oldest manifests, and manifests that are counted and not listed (hidden by
 * `listEnabled: false`; see `ignoreHidden`) could name anything: then nothing is deleted, with a warning.
 *
 * A preview lists the repository, a thousand manifests a request, and reads what may expire and every
 * index, nothing if nothing may; it needs the registry, and fails if that cannot be reached. While the
 * login server is unknown, so is the plan. A repository that does not exist has an empty one. The policy
 * sees the registry as it is when its turn comes: give `dependsOn` what publishes to the repository.
 * Before it deletes, it waits until no other resource of this package has been declared for a second, and
 * leaves alone what those declare. What is declared later still, since it waits for something slow, and
 * what `--target` leaves out of a run, it cannot know of: that needs `dependsOn`, a pattern or a lock.
 *
 * A failure in between tells what was deleted; the next `up` goes on from there. Repository and login
 * server replace the policy, all else changes in place. A refresh reads nothing: a policy has no
 * counterpart in the registry. For the same reason there is no `get`. Deleting the policy deletes
 * nothing in the registry.
 *
 * Errors: `UNSUPPORTED` where the registry is not an ACR; `CONFLICT`, with nothing deleted, where the
 * inputs of another resource were refused; `DENIED` without the permissions. They are
 * those to read content and metadata and to delete: the roles AcrPull and AcrDelete, or Container
 * Registry Repository Contributor in registries with ABAC; `includeLocked` also needs to write metadata.
 *
 * The id is `<login server>/<repository>`.
 */
export class RetentionPolicy extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  /** What is deleted. Known at preview if the login server is; the last one that was not empty. */
  declare readonly plan: pulumi.Output<RetentionPlan>;
  /** What the last run deleted that deleted anything. */
  declare readonly deleted: pulumi.Output<RetentionPlan>;
  /** Victims that the last run found changed, and why they stay. */
  declare readonly leftAlone: pulumi.Output<
    { readonly digest: string; readonly tags: readonly string[]; readonly reason: string }[]
  >;

  constructor(name: string, args: RetentionPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }
}
