/**
 * The code that the engine's dynamic host runs to find the provider of a kind. It is a constant and not a
 * serialized closure: states keep it forever, it captures no secret, and whichever version of the package
 * is installed then serves old states too. The number is the format of the outputs.
 */
export function providerText(kind: string): string {
  return `exports.handler = () => require("pulumi-acr/provider").provider("${kind}", 1)`;
}

export function resourceType(kind: string): string {
  return `pulumi-nodejs:dynamic/acr:${kind}`;
}
