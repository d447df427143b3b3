/**
 * Tells whether a layer must not be redistributed, such as those of old Windows images: clients fetch it
 * from the `urls` of its descriptor (image-spec, layer.md, "Non-Distributable Layers"). Like ORAS and
 * crane, we do not copy them.
 */
export function isForeign(mediaType: string): boolean {
  return /\.(?:nondistributable|foreign)\./.test(mediaType);
}
