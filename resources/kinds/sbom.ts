import type * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "../publishedArgs.js";

export interface SbomArgs {
  /** The bill of materials, relative to the program's folder. */
  file: pulumi.Input<string>;
  /** The artifact it describes: its `descriptor`. It must be in the same repository. */
  subject: pulumi.Input<DescriptorArgs>;
  /**
   * Default: recognized by the file's name (`.spdx.json`, `.spdx`, `.cdx.json`, `bom.json`, `.cdx.xml`,
   * `bom.xml`), else by the beginning of its content.
   */
  format?: pulumi.Input<"spdx-json" | "spdx" | "cyclonedx-json" | "cyclonedx-xml">;
}

/**
 * Attaches a software bill of materials to another artifact, for `oras discover`, scanners and admission
 * policies:
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
 * `application/vnd.cyclonedx+xml`. It needs no tag: clients find it through its subject. A new digest of
 * the subject replaces it.
 *
 * **Checked at preview**: the file exists (reported at `content.sbom.file`), and its format is recognized
 * (reported at `content.sbom.format`).
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
