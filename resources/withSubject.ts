import * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "./publishedArgs.js";

/**
 * Turns a resource given as `subject` into a descriptor. A resource has all properties of a descriptor
 * and so has its type, but the engine would pass its id only, which is not even known at preview.
 */
export function withSubject<Args extends { subject?: pulumi.Input<DescriptorArgs> }>(
  args: Args,
): Args {
  const { subject } = args;
  if (!pulumi.Resource.isInstance(subject)) return args;
  const { mediaType, digest, size } = subject as pulumi.Resource & DescriptorArgs;
  return { ...args, subject: { mediaType, digest, size } };
}
