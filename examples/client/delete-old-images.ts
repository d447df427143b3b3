// Keeps the three newest images of every repository and deletes the others, locked ones included.
import { type ManifestProperties, RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");

for await (const name of registry.repositories()) {
  const { attributes, manifests } = registry.repository(name);
  // Read the whole list first, so that deletions do not shift the pages that are still to come.
  const images: ManifestProperties[] = [];
  for await (const image of attributes.listManifests({ orderBy: "timedesc" })) images.push(image);
  for (const image of images.slice(3)) {
    console.log(`deleting ${name}@${image.digest} (${image.tags.join(", ") || "no tag"})`);
    await unlock(name, image);
    await manifests.delete(image.digest);
  }
}

/** A lock on the manifest, or on one of its tags, would prevent the deletion. */
async function unlock(name: string, image: ManifestProperties): Promise<void> {
  const { attributes } = registry.repository(name);
  const open = { writeEnabled: true, deleteEnabled: true };
  const { writeEnabled, deleteEnabled } = image.attributes;
  if (!writeEnabled || !deleteEnabled) await attributes.updateManifest(image.digest, open);
  for await (const tag of attributes.listTags({ digest: image.digest })) {
    const locked = !tag.attributes.writeEnabled || !tag.attributes.deleteEnabled;
    if (locked) await attributes.updateTag(tag.name, open);
  }
}
