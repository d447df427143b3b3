import type { Annotations } from "../../../oci/descriptor.js";
import { arrayJson, mapJson, objectJson, plainJson, valueJson } from "../../../oci/goJson.js";
import type { ChartDependency, ChartMaintainer, ChartMetadata } from "./chartMetadata.js";

/**
 * The config blob of a chart: its metadata, byte for byte as `helm push` writes it, in the order of
 * Helm's own structure (helm/helm, pkg/chart/v2/metadata.go). Empty members are left out.
 */
export function chartConfigJson(metadata: ChartMetadata): string {
  return objectJson([
    ["name", some(metadata.name)],
    ["home", some(metadata.home)],
    ["sources", some(metadata.sources)],
    ["version", some(metadata.version)],
    ["description", some(metadata.description)],
    ["keywords", some(metadata.keywords)],
    ["maintainers", list(metadata.maintainers, maintainerJson)],
    ["icon", some(metadata.icon)],
    ["apiVersion", some(metadata.apiVersion)],
    ["condition", some(metadata.condition)],
    ["tags", some(metadata.tags)],
    ["appVersion", some(metadata.appVersion)],
    ["deprecated", some(metadata.deprecated)],
    ["annotations", mapJson(metadata.annotations)],
    ["kubeVersion", some(metadata.kubeVersion)],
    ["dependencies", list(metadata.dependencies, dependencyJson)],
    ["type", some(metadata.type)],
  ]);
}

function maintainerJson({ name, email, url }: ChartMaintainer): string {
  return objectJson([
    ["name", some(name)],
    ["email", some(email)],
    ["url", some(url)],
  ]);
}

/** A dependency. Name and repository are written even if empty (pkg/chart/v2/dependency.go). */
function dependencyJson(dependency: ChartDependency): string {
  return objectJson([
    ["name", plainJson(dependency.name ?? "")],
    ["version", some(dependency.version)],
    ["repository", plainJson(dependency.repository ?? "")],
    ["condition", some(dependency.condition)],
    ["tags", some(dependency.tags)],
    ["enabled", some(dependency.enabled)],
    ["import-values", list(dependency.importValues, valueJson)],
    ["alias", some(dependency.alias)],
  ]);
}

/** Drops empty values, like Go's `omitempty`. */
function some(value: string | boolean | readonly string[] | undefined): string | undefined {
  const isEmpty = value === undefined || value === "" || value === false;
  return isEmpty || (Array.isArray(value) && value.length === 0) ? undefined : plainJson(value);
}

function list<T>(items: readonly T[] | undefined, write: (item: T) => string): string | undefined {
  return items === undefined || items.length === 0 ? undefined : arrayJson(items.map(write));
}

const IMAGE = "org.opencontainers.image";
/** Annotations that the chart's own annotations cannot override. */
export const FIXED_ANNOTATIONS: readonly string[] = [`${IMAGE}.title`, `${IMAGE}.version`];

/**
 * The annotations of the manifest that `helm push` derives from the metadata, without the time of the
 * push (helm/helm, pkg/registry/chart.go, `generateOCIAnnotations`).
 */
export function chartAnnotations(metadata: ChartMetadata): Annotations {
  const { description, name, version, home, sources, maintainers = [] } = metadata;
  const derived = {
    [`${IMAGE}.description`]: description,
    [`${IMAGE}.title`]: name,
    [`${IMAGE}.version`]: version,
    [`${IMAGE}.url`]: home,
    [`${IMAGE}.source`]: sources?.[0],
    [`${IMAGE}.authors`]: maintainers.map(authorOf).join(", "),
  };
  const said = Object.entries(derived).filter(([, value]) => (value ?? "").trim() !== "");
  const own = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !FIXED_ANNOTATIONS.includes(key),
  );
  return Object.fromEntries([...said, ...own]) as Annotations;
}

function authorOf({ name = "", email = "" }: ChartMaintainer): string {
  return email === "" ? name : `${name} (${email})`;
}
