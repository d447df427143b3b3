import { InputError } from "../../../errors.js";
import { eachOf } from "../../../concurrency/eachOf.js";
import type { Descriptor } from "../../../oci/descriptor.js";
import type { Digest } from "../../../oci/digest.js";
import { parseManifest } from "../../../oci/manifest.js";
import { MANIFEST_TYPES, OCI_INDEX } from "../../../oci/mediaTypes.js";
import type { OperationOptions } from "../../../registry/repository.js";
import type { GraphSource } from "../../readGraph.js";
import type { LayoutFolder } from "./layoutFolder.js";

/** The name that a tool gave to a manifest in the layout (image-spec, annotations.md). */
const REF_NAME = "org.opencontainers.image.ref.name";
const SHOWN = 10;
const FILES_AT_ONCE = 4;

/** The manifests in the layout's own index, and their relations. */
export class LayoutIndex {
  readonly #folder: LayoutFolder;
  readonly #entries: readonly Descriptor[];
  readonly #referrers = new Map<Digest, Descriptor[]>();
  /** Children of listed indexes, and referrers of listed manifests. */
  readonly #belonging = new Set<Digest>();

  private constructor(folder: LayoutFolder, entries: readonly Descriptor[]) {
    this.#folder = folder;
    this.#entries = entries;
  }

  static async read(folder: LayoutFolder, options: OperationOptions): Promise<LayoutIndex> {
    const { manifests } = parseManifest(await folder.index(), OCI_INDEX);
    const index = new LayoutIndex(folder, manifests);
    await index.#relate(options);
    return index;
  }

  /** Chooses a manifest by name or digest; without either, the one that no other leads to. */
  choose(reference: string | undefined, property: string): Descriptor {
    const fitting = this.#entries.filter((entry) =>
      reference === undefined
        ? !this.#belonging.has(entry.digest)
        : entry.digest === reference || entry.annotations?.[REF_NAME] === reference,
    );
    const [first, ...others] = new Map(fitting.map((entry) => [entry.digest, entry])).values();
    if (first !== undefined && others.length === 0) return first;
    throw new InputError(property, this.#reason(reference, first === undefined));
  }

  graphSource(): GraphSource {
    return {
      nameOf: (digest) => this.#folder.shown(digest),
      // What is not a manifest is a blob of the index that names it.
      fetch: (descriptor) =>
        MANIFEST_TYPES.includes(descriptor.mediaType ?? "")
          ? this.#folder.manifest(descriptor)
          : Promise.resolve(undefined),
      referrers: (digest) => listed(this.#referrers.get(digest) ?? []),
    };
  }

  async #relate({ signal }: OperationOptions): Promise<void> {
    const known = this.#entries.filter(({ mediaType }) => MANIFEST_TYPES.includes(mediaType));
    const once = new Map(known.map((entry) => [entry.digest, entry]));
    await eachOf(once.values(), { concurrency: FILES_AT_ONCE, signal }, async (entry) => {
      const { bytes } = await this.#folder.manifest(entry);
      const { manifests, subject } = parseManifest(bytes, entry.mediaType);
      for (const child of manifests) this.#belonging.add(child.digest);
      if (subject === undefined) return;
      const { digest } = subject;
      this.#referrers.set(digest, [...(this.#referrers.get(digest) ?? []), entry]);
      if (once.has(digest)) this.#belonging.add(entry.digest);
    });
  }

  #reason(reference: string | undefined, none: boolean): string {
    const names = this.#entries.map((entry) => {
      const name = entry.annotations?.[REF_NAME];
      return name === undefined ? entry.digest : `${JSON.stringify(name)} (${entry.digest})`;
    });
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
    const shown = names.length === 0 ? "nothing" : names.slice(0, SHOWN).join(", ") + more;
    if (reference === undefined) {
      return none
        ? `the layout has no manifest to publish: its index.json lists ${shown}`
        : `the layout has several manifests, so say which: it has ${shown}`;
    }
    const written = JSON.stringify(reference);
    return none
      ? `the layout has no ${written}: it has ${shown}`
      : `the layout has several manifests named ${written}, so give the digest: it has ${shown}`;
  }
}

async function* listed(entries: readonly Descriptor[]): AsyncGenerator<Descriptor> {
  yield* entries;
  await Promise.resolve();
}
