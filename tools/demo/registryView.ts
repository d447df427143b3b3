import type { Registry } from "pulumi-acr/client";

/** One tag or manifest as a second client sees it. */
export interface Seen {
  readonly digest: string;
  readonly locked: boolean;
}

/** All content of a registry by reference: `policies/web:latest`, `policies/web@sha256:…`. */
export type RegistryView = Readonly<Record<string, Seen>>;

export async function viewRegistry(registry: Registry): Promise<RegistryView> {
  const view: Record<string, Seen> = {};
  for await (const name of registry.repositories()) {
    const { attributes } = registry.repository(name);
    for await (const { digest, attributes: own } of attributes.listManifests()) {
      view[`${name}@${digest}`] = { digest, locked: !own.writeEnabled };
    }
    for await (const { name: tag, digest, attributes: own } of attributes.listTags()) {
      view[`${name}:${tag}`] = { digest, locked: !own.writeEnabled };
    }
  }
  return view;
}

/** One manifest with its tags, as it should be seen. */
export function published(
  repository: string,
  digest: string,
  tags: readonly string[],
  locked: boolean,
): RegistryView {
  const references = [`${repository}@${digest}`, ...tags.map((tag) => `${repository}:${tag}`)];
  return Object.fromEntries(references.map((reference) => [reference, { digest, locked }]));
}
