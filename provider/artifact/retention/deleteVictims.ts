import { limit } from "../../concurrency/limit.js";
import { hasCode } from "../../errors.js";
import { isDigest } from "../../oci/digest.js";
import { isTag } from "../../oci/reference.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { opened, LOCKED, restrict, writeAttributesIfThere } from "../lock.js";
import { groupsOf } from "./groups.js";
import { Newcomers } from "./newcomers.js";
import type { RetentionPlan, RetentionVictim } from "./retentionPlan.js";
import { type Finding, findVictim, type Locked } from "./recheck.js";
import type { Declared } from "./rules.js";

export interface DeletionRequest {
  readonly repository: Repository;
  readonly plan: RetentionPlan;
  readonly asOf: string;
  readonly includeLocked: boolean;
  /** Called before each deletion, because the program may declare more meanwhile. */
  readonly declared: () => Declared;
  readonly options: OperationOptions;
}

export interface LeftAlone {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly reason: string;
}

export interface DeletionOutcome {
  readonly deleted: readonly RetentionVictim[];
  readonly leftAlone: readonly LeftAlone[];
  /** What remains of groups that were deleted, or may have been deleted, in part. */
  readonly unfinished: readonly string[];
  /** What stopped the deletion early. */
  readonly failure?: { readonly error: unknown };
}

/** The progress of one group. */
interface Progress {
  readonly done: Set<string>;
  /** Whether a deletion was requested. Even if its answer was lost, it may have happened. */
  tried: boolean;
}

/** Groups deleted at the same time. The service allows about eight deletions per second. */
const GROUPS_AT_ONCE = 8;

/**
 * Deletes exactly what the plan contains: first tags whose manifest stays, then group by group. Each
 * victim is checked again just before its deletion; if it has changed, its whole group stays. After a
 * failure, nothing new is started. After an interruption, a started group is still completed, since no
 * rule may find the rest of it again, and the process may end before it is recorded.
 */
export async function deleteVictims(request: DeletionRequest): Promise<DeletionOutcome> {
  const run = new Run(request);
  const { victims } = request.plan;
  const tags = victims.filter(({ kind }) => kind === "tags");
  await run.all(tags.map((victim) => [victim]));
  await run.all(groupsOf(victims.filter(({ kind }) => kind === "manifest")));
  return run.outcome();
}

class Run {
  readonly #request: DeletionRequest;
  readonly #interrupted: AbortSignal | undefined;
  readonly #newcomers: Newcomers;
  readonly #deleted: RetentionVictim[] = [];
  readonly #leftAlone: LeftAlone[] = [];
  readonly #unfinished: string[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(request: DeletionRequest) {
    const { repository, asOf } = request;
    const { signal, ...options } = request.options;
    this.#interrupted = signal;
    this.#request = { ...request, options };
    this.#newcomers = new Newcomers(repository, asOf, options);
  }

  outcome(): DeletionOutcome {
    const places = new Map(this.#request.plan.victims.map(({ digest }, at) => [digest, at]));
    const place = ({ digest }: RetentionVictim): number => places.get(digest) ?? 0;
    return {
      deleted: this.#deleted.sort((a, b) => place(a) - place(b)),
      leftAlone: this.#leftAlone,
      unfinished: this.#unfinished,
      failure: this.#failure,
    };
  }

  async all(groups: readonly (readonly RetentionVictim[])[]): Promise<void> {
    const place = limit(GROUPS_AT_ONCE);
    await Promise.all(groups.map((group) => place(() => this.#group(group))));
  }

  async #group(group: readonly RetentionVictim[]): Promise<void> {
    if (this.#failure !== undefined) return;
    const progress: Progress = { done: new Set(), tried: false };
    try {
      this.#interrupted?.throwIfAborted();
      await this.#newcomers.look();
      const findings = await this.#findAll(group);
      if (findings !== undefined) await this.#deleteAll(group, findings, progress);
    } catch (error) {
      this.#failure ??= { error };
      if (!progress.tried || group.length === 1) return;
      const left = group.filter(({ digest }) => !progress.done.has(digest));
      this.#unfinished.push(...left.map(({ digest }) => digest));
    }
  }

  /** `undefined` if one of them must stay, because then all do. */
  async #findAll(
    group: readonly RetentionVictim[],
  ): Promise<ReadonlyMap<RetentionVictim, Finding> | undefined> {
    const findings = new Map<RetentionVictim, Finding>();
    for (const victim of group) {
      const finding = await this.#find(victim);
      findings.set(victim, finding);
      if (finding.is !== "changed") continue;
      this.#leave(victim, finding.reason);
      for (const other of group) {
        if (other !== victim) this.#leave(other, `it goes with ${victim.digest}, which stays`);
      }
      return undefined;
    }
    return findings;
  }

  async #findNow(victim: RetentionVictim): Promise<Finding> {
    await this.#newcomers.look();
    return this.#find(victim);
  }

  async #find(victim: RetentionVictim): Promise<Finding> {
    const { repository, declared, includeLocked, options } = this.#request;
    const needed =
      victim.kind === "manifest" ? this.#newcomers.reasonToKeep(victim.digest) : undefined;
    if (needed !== undefined) return { is: "changed", reason: needed };
    return findVictim({ repository, declared: declared(), includeLocked, options }, victim);
  }

  async #deleteAll(
    group: readonly RetentionVictim[],
    findings: ReadonlyMap<RetentionVictim, Finding>,
    progress: Progress,
  ): Promise<void> {
    const { done } = progress;
    const stayed = new Set<string>();
    for (const victim of group) {
      const root = victim.goesWith?.find((digest) => stayed.has(digest));
      // Checking a group takes time, so its first members may have changed again.
      const known = group.length === 1 ? findings.get(victim) : undefined;
      const finding: Finding =
        root === undefined
          ? (known ?? (await this.#findNow(victim)))
          : { is: "changed", reason: `it goes with ${root}, which stays` };
      progress.tried ||= finding.is === "due";
      const reason = await this.#deleteFound(victim, finding, done.size > 0);
      if (reason === undefined) {
        done.add(victim.digest);
        continue;
      }
      stayed.add(victim.digest);
      this.#leave(victim, reason);
    }
    // No rule may find the rest of a group that was deleted in part, so it is recorded.
    if (done.size > 0) this.#unfinished.push(...stayed);
  }

  /** Deletes a victim. Returns why it stays, or `undefined`. */
  async #deleteFound(
    victim: RetentionVictim,
    finding: Finding,
    begun: boolean,
  ): Promise<string | undefined> {
    if (finding.is === "changed") return finding.reason;
    if (finding.is === "gone") {
      // The service itself deletes the referrers of a deleted manifest.
      if (begun) this.#deleted.push(victim);
      return undefined;
    }
    const tags = victim.kind === "tags" ? finding.tags : victim.tags;
    try {
      await this.#delete(victim, tags, finding.locked);
    } catch (error) {
      // Somebody locked it just now.
      if (hasCode(error, "LOCKED")) return "the registry refused: it is locked";
      throw error;
    }
    this.#deleted.push({ ...victim, tags });
    return undefined;
  }

  async #delete(
    victim: RetentionVictim,
    tags: readonly string[],
    locked: readonly Locked[],
  ): Promise<void> {
    const { repository, options } = this.#request;
    const { digest } = victim;
    const gone: string[] = [];
    try {
      await this.#open(victim, locked);
      if (victim.kind === "manifest") await repository.manifests.delete(digest, options);
      else {
        for (const tag of tags) {
          await repository.tags.delete(tag, options);
          gone.push(tag);
        }
      }
    } catch (error) {
      if (gone.length > 0) this.#deleted.push({ ...victim, tags: gone });
      await this.#close(
        digest,
        locked.filter(({ tag }) => tag === undefined || !gone.includes(tag)),
      );
      throw error;
    }
  }

  async #open({ digest }: RetentionVictim, locked: readonly Locked[]): Promise<void> {
    for (const one of locked) await this.#write(digest, one, opened(LOCKED));
  }

  /**
   * Restores the attributes as they were, also those that may not have been changed. Best effort: the
   * failure that led here is what is reported.
   */
  async #close(digest: string, locked: readonly Locked[]): Promise<void> {
    const closing = locked.map((one) => this.#write(digest, one, restrict(one.attributes, LOCKED)));
    await Promise.allSettled(closing);
  }

  async #write(
    digest: string,
    { tag }: Locked,
    attributes: ReturnType<typeof opened>,
  ): Promise<void> {
    const { repository, options } = this.#request;
    const subject = tag ?? digest;
    if (!isTag(subject) && !isDigest(subject)) return;
    await writeAttributesIfThere(repository.attributes, subject, attributes, options);
  }

  #leave({ digest, tags }: RetentionVictim, reason: string): void {
    this.#leftAlone.push({ digest, tags, reason });
  }
}
