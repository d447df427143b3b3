"""Every scenario of the README of azure-containerregistry, with the library as it is. Prints what came of each as JSON."""

import hashlib
import json
import os
from io import BytesIO

from azure.containerregistry import (
    ArtifactManifestOrder,
    ArtifactTagOrder,
    ContainerRegistryClient,
)
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential, DefaultAzureCredential

endpoint = os.environ["REGISTRY_ENDPOINT"]
# The emulated authority is one of its own.
authority = {"authority": os.environ["AZURE_AUTHORITY_HOST"], "disable_instance_discovery": True}
secret = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"],
    os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"],
    **authority,
)
name = "sdk/image"
client = ContainerRegistryClient(
    endpoint, DefaultAzureCredential(**authority), audience="https://management.azure.com"
)
content = ContainerRegistryClient(endpoint, secret)


def upload(version, *tags):
    config_digest, config_size = content.upload_blob(name, BytesIO(f'{{"version":{version}}}'.encode()))
    layer_digest, layer_size = content.upload_blob(name, BytesIO(f"layer {version}".encode()))
    manifest = {
        "schemaVersion": 2,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": config_digest,
            "size": config_size,
        },
        "layers": [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "digest": layer_digest,
                "size": layer_size,
            }
        ],
    }
    return [content.set_manifest(name, manifest, tag=tag) for tag in tags][-1]


def read(digest):
    return b"".join(content.download_blob(name, digest)).decode()


def status(action):
    try:
        action()
    except HttpResponseError as error:
        return error.status_code
    return "there"


def upload_images():
    return upload(1, "demo", "latest")


def download_images():
    result = content.get_manifest(name, "demo")
    raw = json.dumps(result.manifest)
    descriptors = [result.manifest["config"], *result.manifest["layers"]]
    return {
        "mediaType": result.media_type,
        "right": result.digest.startswith("sha256:") and raw.startswith("{"),
        "blobs": [read(one["digest"]) for one in descriptors],
    }


def upload_large_blob():
    data = b"pulumi" * (9 * 1024 * 1024 // 6)
    digest, size = content.upload_blob(name, BytesIO(data))
    hashed = hashlib.sha256(b"".join(content.download_blob(name, digest))).hexdigest()
    return {"sizeInBytes": size, "same": digest == f"sha256:{hashed}"}


def list_repositories():
    return list(client.list_repository_names())


def list_tags_anonymously():
    with ContainerRegistryClient(endpoint, audience="https://management.azure.com") as anonymous:
        return sorted(anonymous.get_manifest_properties(name, "latest").tags)


def set_artifact_properties():
    tag = client.update_tag_properties(name, "latest", can_write=False, can_delete=False)
    refused = status(lambda: client.delete_tag(name, "latest"))
    client.update_tag_properties(name, "latest", can_write=True, can_delete=True)
    return {"canWrite": tag.can_write, "canDelete": tag.can_delete, "refused": refused}


def properties():
    repository = client.get_repository_properties(name)
    manifest = client.get_manifest_properties(name, "latest")
    listed = client.update_manifest_properties(name, "latest", can_list=True)
    tag = client.get_tag_properties(name, "latest")
    updated = client.update_repository_properties(name, can_read=True)
    return {
        "tagCount": repository.tag_count,
        "manifestCount": repository.manifest_count,
        "tags": sorted(manifest.tags),
        "canList": listed.can_list,
        "same": tag.digest == manifest.digest,
        "canRead": updated.can_read,
    }


def delete_images():
    for version in (2, 3, 4, 5):
        upload(version, f"v{version}")
    deleted = []
    order = ArtifactManifestOrder.LAST_UPDATED_ON_DESCENDING
    for count, manifest in enumerate(client.list_manifest_properties(name, order_by=order), 1):
        if count > 3:
            client.update_manifest_properties(name, manifest.digest, can_write=True, can_delete=True)
            deleted.extend(manifest.tags)
            client.delete_manifest(name, manifest.digest)
    return sorted(deleted)


def by_page():
    order = ArtifactTagOrder.LAST_UPDATED_ON_ASCENDING
    pages = client.list_tag_properties(name, order_by=order, results_per_page=2).by_page()
    return [len(list(page)) for page in pages]


def delete_blob():
    layers = content.get_manifest(name, "v5").manifest["layers"]
    for layer in layers:
        content.delete_blob(name, layer["digest"])
    return status(lambda: read(layers[0]["digest"]))


def delete_manifest():
    content.delete_manifest(name, content.get_manifest(name, "v5").digest)
    return status(lambda: content.get_manifest(name, "v5"))


def delete_repository():
    client.delete_repository(name)
    return list(client.list_repository_names())


scenarios = {
    "uploadImages": upload_images,
    "downloadImages": download_images,
    "uploadLargeBlob": upload_large_blob,
    "listRepositories": list_repositories,
    "listTagsAnonymously": list_tags_anonymously,
    "setArtifactProperties": set_artifact_properties,
    "properties": properties,
    "deleteImages": delete_images,
    "byPage": by_page,
    "deleteBlob": delete_blob,
    "deleteManifest": delete_manifest,
    "deleteRepository": delete_repository,
}
print(json.dumps({scenario: run() for scenario, run in scenarios.items()}))
