/** What a walk does with a path. */
export type Verdict = "skip" | "descend" | "take";

/** Decides path by path what of a folder is archived. */
export interface EntrySelection {
  /**
   * `path` is relative to the folder; `covered` says that a folder above it was taken. "take" of a
   * folder covers all below it that is not skipped; "descend" is for a folder that is not wanted
   * itself, but may hold wanted files.
   */
  decide(path: string, isDirectory: boolean, covered: boolean): Verdict;
  /** Called when a walk found nothing it wanted; may refuse that. */
  refuseNothing(shownPath: string): void;
  /** How the user leaves something out, for messages. */
  readonly leaveOut: string;
}
