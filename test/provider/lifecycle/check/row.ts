type Bag = Readonly<Record<string, unknown>>;

/** Inputs and expected failures: each a property's path and its message. */
export type Row = readonly [inputs: Bag, failures: Readonly<Record<string, RegExp>>];

export const ARTIFACT = { repository: "charts/web", artifactType: "application/vnd.example.chart" };
export const DIGEST = `sha256:${"a".repeat(64)}`;
export const EMPTY_CONFIG = "application/vnd.oci.empty.v1+json";
