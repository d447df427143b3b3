import { helmChart, OciArtifact } from "pulumi-acr";

// Name, version and tag are those of Chart.yaml; the repository has to end with the name, as Helm wants it.
const chart = new OciArtifact("chart", { repository: "charts/web", ...helmChart({ path: "web" }) });

export const reference = chart.reference;
export const tags = chart.tags;
