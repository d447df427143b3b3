import { InputError } from "../../errors.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { emptyBlob } from "../packConfig.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";

export interface EndOfLifeInput {
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** Azure/acr-cli, cmd/acr/annotate.go. */
const ARTIFACT = "application/vnd.microsoft.artifact.lifecycle";
const DATE = "vnd.microsoft.artifact.lifecycle.end-of-life.date";

/** The note that `acr annotate` attaches: a manifest with only an annotation. */
export function packEndOfLife(
  { date }: EndOfLifeInput,
  context: ContentContext,
): Promise<PackedContent> {
  const { subject, property } = context;
  checkDate(date, `${property}.date`);
  const annotations = allAnnotations({ [DATE]: date }, context);
  const config = emptyBlob();
  const packed = assembleArtifact({
    artifactType: ARTIFACT,
    config,
    layers: [],
    subject,
    annotations,
  });
  return Promise.resolve({ ...packed, artifactType: ARTIFACT, annotations });
}

/** Checks that the date exists. */
function checkDate(date: string, property: string): void {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : undefined;
  const isDay = parsed !== undefined && !Number.isNaN(parsed.getTime());
  if (isDay && parsed.toISOString().startsWith(date)) return;
  throw new InputError(
    property,
    `${JSON.stringify(date)} is not a day of the form YYYY-MM-DD, for example "2027-03-31"`,
  );
}
