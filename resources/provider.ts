/**
 * The text that the engine's dynamic host runs to find the provider of a kind. A constant, never a
 * serialized closure: states hold it for good, it captures nothing secret, and the version of the
 * package that is installed serves old states too. The number is the format of the outputs.
 */
export function providerText(kind: string): string {
  return `exports.handler = () => require("pulumi-acr/provider").provider("${kind}", 1)`;
}

export function resourceType(kind: string): string {
  return `pulumi-nodejs:dynamic/acr:${kind}`;
}
