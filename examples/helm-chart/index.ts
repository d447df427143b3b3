import { helmChart, OciArtifact } from "pulumi-acr";

// Name, version and tag come from Chart.yaml. Helm requires that the repository ends with the name.
const chart = new OciArtifact("chart", { repository: "charts/web", ...helmChart({ path: "web" }) });

export const reference = chart.reference;
export const tags = chart.tags;
