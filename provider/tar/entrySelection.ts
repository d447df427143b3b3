/** What to do with a path: leave it out, look inside without archiving it, or archive it. */
export type Verdict = "skip" | "descend" | "take";

/** Decides for each path in a folder whether it is archived. */
export interface EntrySelection {
  /**
   * `path` is relative to the folder; `covered` means that a folder above it is archived. Archiving a
   * folder covers everything below it that is not left out. "descend" is for a folder that is not
   * archived itself, but may contain files that are.
   */
  decide(path: string, isDirectory: boolean, covered: boolean): Verdict;
  /** Called if a walk found nothing to archive; may throw. */
  refuseNothing(shownPath: string): void;
  /** How a user leaves something out, for messages. */
  readonly leaveOut: string;
}
