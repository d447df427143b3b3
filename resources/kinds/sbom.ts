import type * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "../publishedArgs.js";

export interface SbomArgs {
  /** The bill of materials, relative to the program's folder. */
  file: pulumi.Input<string>;
  /** What it is about: another artifact's `descriptor`. It must be in the same repository. */
  subject: pulumi.Input<DescriptorArgs>;
  /**
   * Default: what the file's name says (`.spdx.json`, `.spdx`, `.cdx.json`, `bom.json`, `.cdx.xml`,
   * `bom.xml`), else what its beginning says.
   */
  format?: pulumi.Input<"spdx-json" | "spdx" | "cyclonedx-json" | "cyclonedx-xml">;
}

/**
 * A software bill of materials that is attached to another artifact, for `oras discover`, scanners and
 * admission policies:
 *
 * ```ts
 * new OciArtifact("web-sbom", {
 *   repository: "apps/web",
 *   ...sbom({ file: "web.spdx.json", subject: web.descriptor }),
 * });
 * ```
 *
 * **Published** is the file as one layer under its own name, with the type of its format as layer type
 * and artifact type: `application/spdx+json`, `text/spdx`, `application/vnd.cyclonedx+json` or
 * `application/vnd.cyclonedx+xml`. It needs no tag: it is found through its subject. With the subject's
 * digest it is replaced.
 *
 * **At preview** fails, at `content.sbom.file`, a file that is missing, and at `content.sbom.format` one
 * whose format cannot be told.
 *
 * Source: image-spec, manifest.md, "Guidelines for Artifact Usage"; IANA, media types; SPDX 2.3,
 * CycloneDX 1.6.
 */
export function sbom(args: SbomArgs): {
  subject: SbomArgs["subject"];
  content: { sbom: Omit<SbomArgs, "subject"> };
} {
  const { subject, ...content } = args;
  return { subject, content: { sbom: content } };
}
