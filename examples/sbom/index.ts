import { endOfLife, OciArtifact, ociLayout, sbom } from "pulumi-acr";

// The output of `docker buildx build --output type=oci,tar=false,dest=image .`, published unchanged.
const image = new OciArtifact("image", {
  repository: "apps/hello",
  ...ociLayout({ path: "image" }),
  tags: ["1.0.0"],
});

// Attached to the image, so that `oras discover` and scanners find it there.
const attached = new OciArtifact("sbom", {
  repository: image.repository,
  ...sbom({ file: "sbom.spdx.json", subject: image.descriptor }),
});

const lifecycle = new OciArtifact("end-of-life", {
  repository: image.repository,
  ...endOfLife({ subject: image.descriptor, date: "2030-06-30" }),
});

export const reference = image.reference;
export const sbomReference = attached.reference;
export const endOfLifeReference = lifecycle.reference;
