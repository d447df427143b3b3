import type * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { RetentionPlan } from "../provider/artifact/retention/retentionPlan.js";
import type { RegistryArgs } from "./registryArgs.js";

/**
 * Give at least one of `keepNewest`, `keepNewerThan`, `keepTags`, `expireTags` and `untaggedOnly`: a
 * policy without a rule is refused. A manifest stays if any keep rule keeps it.
 */
export interface RetentionPolicyArgs {
  /** The repository, which need not exist yet. Changing it replaces the policy. */
  repository: pulumi.Input<string>;
  /**
   * How many of the images that may expire to keep: those that were updated last. An index counts once,
   * together with the manifests it names; untagged signatures, SBOMs and other referrers do not count.
   * What is locked or declared by the same program counts too, and stays in any case.
   */
  keepNewest?: pulumi.Input<number>;
  /**
   * Keeps what was updated within this time: a whole number and `m`, `h`, `d` or `w` for minutes, hours,
   * days or weeks, for example `30d`. What counts is the manifest's `lastUpdateTime` in the registry.
   */
  keepNewerThan?: pulumi.Input<string>;
  /**
   * Patterns of tags that never expire, with `*` for any characters and `?` for one. They win over
   * `expireTags`. Without `expireTags`, such a tag keeps its manifest with all its other tags.
   */
  keepTags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Patterns of the only tags that may expire. A manifest that has other tags too loses only the expired
   * ones. Untagged manifests stay, except those that belong to an expired image. Default: every tag may
   * expire, and so may untagged manifests.
   */
  expireTags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Only manifests without a tag may expire. Not together with `expireTags`. */
  untaggedOnly?: pulumi.Input<boolean>;
  /**
   * Most manifests and single tags that a plan may delete. A larger plan fails at preview, before anything
   * is deleted. Default: no limit.
   */
  maxDeletions?: pulumi.Input<number>;
  /**
   * Also deletes locked manifests and tags, after opening them. Default `false`: whatever is locked stays.
   * What the same program declares always stays, and so does everything in a locked repository.
   */
  includeLocked?: pulumi.Input<boolean>;
  /**
   * Deletes even if the registry counts more manifests than it lists. The others may be hidden by
   * `listEnabled: false`, and an index among them could name what is deleted. Default `false`: nothing is
   * deleted then. Set it if you know that they need nothing, or that the registry counts differently.
   */
  ignoreHidden?: pulumi.Input<boolean>;
  /** Which registry, and how to sign in. Default: the stack's configuration, then the environment. */
  registry?: pulumi.Input<RegistryArgs>;
}

const KIND = "RetentionPolicy";
/** Outputs of the class. */
const READABLE = ["repository", "plan", "deleted", "leftAlone"];

/**
 * Deletes what has expired in one repository, and nothing else. This keeps the three most recent images:
 *
 * ```ts
 * new RetentionPolicy("images", { repository: "library/hello-world", keepNewest: 3 });
 * ```
 *
 * The preview works out exactly which manifests and tags to delete and shows them as `plan`. `up` works
 * them out again, shows them, and deletes them, checking each once more just before: what somebody
 * meanwhile tagged, moved, updated, locked or named in a new index or signature stays, and is reported in
 * `leftAlone`. If nothing has expired, the last plan stays in the state and nothing changes.
 *
 * The age of an image is its `lastUpdateTime`. Children of an index and untagged referrers are deleted with
 * the last manifest they belong to, whatever their own age. Never deleted are:
 *
 * - what an index that stays names;
 * - what has a subject that stays, or is the subject of what stays;
 * - the tags `sha256-…` (of Notation, or cosign's `.sig`, `.att`, `.sbom`) of what stays;
 * - what is locked, unless `includeLocked`;
 * - what the same program declares.
 *
 * If an index cannot be read, the listing ends before the oldest manifests, or more manifests are counted
 * than listed (see `ignoreHidden`), nothing is known to be unused: then nothing is deleted, with a warning.
 *
 * The preview lists the repository, a thousand manifests per request, and reads every index and what may
 * expire, unless nothing may. It fails if the registry cannot be reached. While the login server is
 * unknown, so is the plan. The plan for a repository that does not exist is empty.
 *
 * The policy sees the registry as it is when its turn comes: give `dependsOn` the resources that publish to
 * the repository. Before it deletes, it waits until no other resource of this package has been declared for
 * a second, and keeps what those declare. It cannot know of resources that are declared later, because they
 * wait for something slow, or that `--target` leaves out: use `dependsOn`, `keepTags` or a lock for those.
 *
 * A failure reports what was deleted, and the next `up` continues from there. A change of repository or
 * login server replaces the policy; everything else changes in place. A policy is nothing in the registry:
 * a refresh reads nothing, there is no `get`, and deleting the policy deletes nothing.
 *
 * Errors: `UNSUPPORTED` if the registry is not an ACR; `CONFLICT`, with nothing deleted, if the inputs of
 * another resource were refused; `DENIED` without permission to read content and metadata and to delete.
 *
 * Roles: AcrPull and AcrDelete, or Container Registry Repository Contributor on a registry with repository
 * permissions; `includeLocked` also needs `metadata/write`.
 *
 * The id is `<login server>/<repository>`.
 */
export class RetentionPolicy extends AcrResource {
  declare readonly repository: pulumi.Output<string>;
  /** What is deleted: the last plan that was not empty. Known at preview if the login server is. */
  declare readonly plan: pulumi.Output<RetentionPlan>;
  /** What was deleted by the last run that deleted anything. */
  declare readonly deleted: pulumi.Output<RetentionPlan>;
  /** What the last run did not delete because it had changed since the plan, and why. */
  declare readonly leftAlone: pulumi.Output<
    { readonly digest: string; readonly tags: readonly string[]; readonly reason: string }[]
  >;

  constructor(name: string, args: RetentionPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }
}
