/**
 * Layers that may not be redistributed, such as those of old Windows images: a client fetches them from
 * the `urls` of their descriptors (image-spec, layer.md, "Non-Distributable Layers"). Like ORAS and
 * crane, they are left where they are.
 */
export function isForeign(mediaType: string): boolean {
  return /\.(?:nondistributable|foreign)\./.test(mediaType);
}
