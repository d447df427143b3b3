import { after, before } from "mocha";
import type { PackedContent } from "../../../../provider/artifact/kinds/contentKind.js";
import {
  type ContentArguments,
  type ContentName,
  packKind,
} from "../../../../provider/artifact/kinds/packKind.js";
import { type ParsedManifest, parseManifest } from "../../../../provider/oci/manifest.js";
import { OCI_MANIFEST } from "../../../../provider/oci/mediaTypes.js";
import { TemporaryFolder } from "../../../support/temporaryFolder.js";

/** A folder with these files, and the kinds packed from it. */
export class PackedKinds {
  readonly folder: TemporaryFolder;

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    this.folder = new TemporaryFolder();
    before(() => this.folder.write(files));
    after(() => this.folder.remove());
  }

  pack<Name extends ContentName>(
    name: Name,
    args: ContentArguments[Name],
    context: Partial<Parameters<typeof packKind>[2]> = {},
  ): Promise<PackedContent> {
    return packKind(name, args, { baseDirectory: this.folder.path, ...context });
  }
}

export function manifestOf(packed: PackedContent): ParsedManifest {
  return parseManifest(packed.manifest.bytes, OCI_MANIFEST);
}

/** The bytes of one of the artifact's blobs; the config is the first. */
export async function blobAt(packed: PackedContent, index: number): Promise<Buffer> {
  const opened = await packed.blobs[index]?.open();
  const chunks: Buffer[] = [];
  for await (const chunk of opened ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
