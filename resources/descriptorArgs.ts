import * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs } from "./publishedArgs.js";

/**
 * Arguments whose `subject` is a descriptor. A resource has all of one, so that it passes for one; of a
 * resource the engine would pass the id alone, which is not even known at preview.
 */
export function withSubject<Args extends { subject?: pulumi.Input<DescriptorArgs> }>(
  args: Args,
): Args {
  const { subject } = args;
  if (!pulumi.Resource.isInstance(subject)) return args;
  const { mediaType, digest, size } = subject as pulumi.Resource & DescriptorArgs;
  return { ...args, subject: { mediaType, digest, size } };
}
