import type * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "../publishedArgs.js";

export interface EndOfLifeArgs {
  /** What reaches its end: another artifact's `descriptor`. It must be in the same repository. */
  subject: pulumi.Input<DescriptorArgs>;
  /** The first day without support, as `YYYY-MM-DD`. */
  date: pulumi.Input<string>;
}

/**
 * The day on which an artifact reaches its end of life, as a note that is attached to it, for `az acr`,
 * `acr annotate`, scanners and whoever lists referrers:
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
 * Another day replaces the note; with `onReplace: "delete"` the old one goes, so that the artifact does not
 * have two.
 *
 * **At preview** fails, at `content.endOfLife.date`, what is no day of the calendar in that form.
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
