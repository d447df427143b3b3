import type * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "../publishedArgs.js";

export interface EndOfLifeArgs {
  /** The artifact that reaches its end of life: its `descriptor`. It must be in the same repository. */
  subject: pulumi.Input<DescriptorArgs>;
  /** The first day without support, as `YYYY-MM-DD`. */
  date: pulumi.Input<string>;
}

/**
 * Attaches to an artifact the day on which it reaches its end of life, as a note for `az acr`, `acr annotate`,
 * scanners and whoever lists referrers:
 *
 * ```ts
 * new OciArtifact("web-1-end", {
 *   repository: "apps/web",
 *   ...endOfLife({ subject: web.descriptor, date: "2027-03-31" }),
 * });
 * ```
 *
 * **Published** is what `acr annotate` publishes: an artifact of type
 * `application/vnd.microsoft.artifact.lifecycle` without content, whose annotation
 * `vnd.microsoft.artifact.lifecycle.end-of-life.date` is the day. Nothing is deleted or blocked by it.
 * Another day replaces the note; use `onReplace: "delete"` to remove the old one, so that the artifact does
 * not have two.
 *
 * **Checked at preview**, reported at `content.endOfLife.date`: the date exists and has that form.
 *
 * Source: Azure/acr-cli, cmd/acr/annotate.go; learn.microsoft.com, "Container registry lifecycle metadata".
 */
export function endOfLife(args: EndOfLifeArgs): {
  subject: EndOfLifeArgs["subject"];
  content: { endOfLife: Omit<EndOfLifeArgs, "subject"> };
} {
  const { subject, date } = args;
  return { subject, content: { endOfLife: { date } } };
}
