// Every scenario of the README of @azure/container-registry, with the library as it is. Prints what came of each as JSON.
const { createHash } = require("node:crypto");
const { buffer } = require("node:stream/consumers");
const {
  ContainerRegistryClient,
  ContainerRegistryContentClient,
  KnownContainerRegistryAudience,
} = require("@azure/container-registry");
const { ClientSecretCredential, DefaultAzureCredential } = require("@azure/identity");

const endpoint = process.env.REGISTRY_ENDPOINT;
const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env;
// The emulated authority is not a known cloud.
const authority = {
  authorityHost: process.env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
};
const credential = new DefaultAzureCredential(authority);
const secret = new ClientSecretCredential(
  AZURE_TENANT_ID,
  AZURE_CLIENT_ID,
  AZURE_CLIENT_SECRET,
  authority,
);
const audience = KnownContainerRegistryAudience.AzureResourceManagerPublicCloud;
const client = new ContainerRegistryClient(endpoint, credential, { audience });
const content = (name) => new ContainerRegistryContentClient(endpoint, name, secret);
const name = "sdk/image";

async function upload(version, ...tags) {
  const images = content(name);
  const config = await images.uploadBlob(Buffer.from(`{"version":${version}}`));
  const layer = await images.uploadBlob(Buffer.from(`layer ${version}`));
  const manifest = {
    schemaVersion: 2,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: config.digest,
      size: config.sizeInBytes,
    },
    layers: [
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest: layer.digest,
        size: layer.sizeInBytes,
      },
    ],
  };
  let digest;
  for (const tag of tags) ({ digest } = await images.setManifest(manifest, { tag }));
  return { digest, layer: layer.digest };
}

const scenarios = {
  uploadImages: async () => (await upload(1, "demo", "latest")).digest,
  async downloadImages() {
    const images = content(name);
    const { digest, mediaType, content: bytes, manifest } = await images.getManifest("demo");
    const blobs = [manifest.config, ...manifest.layers].map(async (one) =>
      (await buffer((await images.downloadBlob(one.digest)).content)).toString(),
    );
    const right = digest === `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    return { mediaType, right, blobs: await Promise.all(blobs) };
  },
  // More than one chunk, so several requests.
  async uploadLargeBlob() {
    const bytes = Buffer.alloc(9 * 1024 * 1024, "pulumi");
    const { digest, sizeInBytes } = await content(name).uploadBlob(bytes);
    const back = await buffer((await content(name).downloadBlob(digest)).content);
    return { sizeInBytes, same: back.equals(bytes) };
  },
  listRepositories: () => all(client.listRepositoryNames()),
  async listTagsAnonymously() {
    const anonymous = new ContainerRegistryClient(endpoint, { audience });
    const image = anonymous.getArtifact(name, "latest");
    return (await all(image.listTagProperties())).map((tag) => tag.name).sort();
  },
  async setArtifactProperties() {
    const image = client.getArtifact(name, "latest");
    const { canWrite, canDelete } = await image.updateTagProperties("latest", {
      canWrite: false,
      canDelete: false,
    });
    const refused = await image.deleteTag("latest").then(
      () => "deleted",
      (error) => error.statusCode,
    );
    await image.updateTagProperties("latest", { canWrite: true, canDelete: true });
    return { canWrite, canDelete, refused };
  },
  async properties() {
    const repository = client.getRepository(name);
    const { tagCount, manifestCount } = await repository.getProperties();
    const image = repository.getArtifact("latest");
    const manifest = await image.getManifestProperties();
    const { canList } = await image.updateManifestProperties({ canList: true });
    const tag = await image.getTagProperties("latest");
    const updated = await repository.updateProperties({ canRead: true });
    return {
      tagCount,
      manifestCount,
      tags: [...manifest.tags].sort(),
      canList,
      same: tag.digest === manifest.digest,
      canRead: updated.canRead,
    };
  },
  async deleteImages() {
    for (const version of [2, 3, 4, 5]) await upload(version, `v${version}`);
    const repository = client.getRepository(name);
    let count = 0;
    const deleted = [];
    for await (const manifest of repository.listManifestProperties({
      order: "LastUpdatedOnDescending",
    })) {
      count += 1;
      if (count <= 3) continue;
      const image = repository.getArtifact(manifest.digest);
      for (const tag of manifest.tags) {
        deleted.push(tag);
        await image.deleteTag(tag);
      }
      await image.delete();
    }
    return deleted.sort();
  },
  async byPage() {
    const pages = [];
    const repository = client.getRepository(name);
    for await (const page of repository.listManifestProperties().byPage({ maxPageSize: 2 }))
      pages.push(page.length);
    return pages;
  },
  async deleteBlob() {
    const images = content(name);
    const { manifest } = await images.getManifest("v5");
    for (const layer of manifest.layers) await images.deleteBlob(layer.digest);
    return images.downloadBlob(manifest.layers[0].digest).then(
      () => "there",
      (error) => error.statusCode,
    );
  },
  async deleteManifest() {
    const images = content(name);
    const { digest } = await images.getManifest("v5");
    await images.deleteManifest(digest);
    return images.getManifest("v5").then(
      () => "there",
      (error) => error.statusCode,
    );
  },
  async deleteRepository() {
    await client.deleteRepository(name);
    return all(client.listRepositoryNames());
  },
};

async function all(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}

async function main() {
  const results = {};
  for (const [scenario, run] of Object.entries(scenarios)) results[scenario] = await run();
  process.stdout.write(JSON.stringify(results));
}

void main();
