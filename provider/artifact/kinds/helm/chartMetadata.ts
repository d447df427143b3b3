import { InputError } from "../../../errors.js";
import type { Annotations } from "../../../oci/descriptor.js";
import type { SourceNames } from "../../../tar/sourceFailure.js";
import { parseYamlObject, type YamlFields } from "./yamlFields.js";

/** A maintainer in `Chart.yaml`. */
export interface ChartMaintainer {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly url?: string | undefined;
}

export interface ChartDependency {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly repository?: string | undefined;
  readonly condition?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly importValues?: readonly unknown[] | undefined;
  readonly alias?: string | undefined;
}

/** The members of `Chart.yaml` that Helm knows (helm.sh/docs/topics/charts, "The Chart.yaml File"). */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly home?: string | undefined;
  readonly sources?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly maintainers?: readonly ChartMaintainer[] | undefined;
  readonly icon?: string | undefined;
  readonly condition?: string | undefined;
  readonly tags?: string | undefined;
  readonly appVersion?: string | undefined;
  readonly deprecated?: boolean | undefined;
  readonly annotations?: Annotations | undefined;
  readonly kubeVersion?: string | undefined;
  readonly dependencies?: readonly ChartDependency[] | undefined;
  readonly type?: string | undefined;
}

/** What Helm accepts as a version: SemVer 2, also with a leading `v` or missing parts. */
const VERSION =
  /^v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
/** distribution-spec, "Pulling manifests". */
const LONGEST_TAG = 128;
const ALIAS = /^[a-zA-Z0-9_-]+$/;

/** Parses a `Chart.yaml` and refuses what Helm would not load. Pure. */
export function parseChartMetadata(text: string, names: SourceNames): ChartMetadata {
  const fields = parseYamlObject(text, names);
  const metadata: ChartMetadata = {
    name: required(fields, "name"),
    version: required(fields, "version"),
    apiVersion: required(fields, "apiVersion"),
    home: fields.text("home"),
    sources: fields.texts("sources"),
    description: fields.text("description"),
    keywords: fields.texts("keywords"),
    maintainers: fields.objects("maintainers")?.map(maintainer),
    icon: fields.text("icon"),
    condition: fields.text("condition"),
    tags: fields.text("tags"),
    appVersion: fields.text("appVersion"),
    deprecated: fields.flag("deprecated"),
    annotations: fields.textsByName("annotations"),
    kubeVersion: fields.text("kubeVersion"),
    dependencies: fields.objects("dependencies")?.map(dependency),
    type: fields.text("type"),
  };
  return checked(metadata, fields);
}

/** Charts of Helm 2 (apiVersion v1) have their dependencies in a separate file. */
export const REQUIREMENTS_VERSION = "v1";

/** Adds the dependencies of a `requirements.yaml` (pkg/chart/v2/loader, `LoadFiles`). Pure. */
export function withRequirements(
  metadata: ChartMetadata,
  text: string,
  names: SourceNames,
): ChartMetadata {
  const fields = parseYamlObject(text, names);
  const dependencies = fields.objects("dependencies")?.map(dependency) ?? metadata.dependencies;
  return checked({ ...metadata, dependencies }, fields);
}

function checked(metadata: ChartMetadata, fields: YamlFields): ChartMetadata {
  const fault = faultOf(metadata);
  if (fault !== undefined) throw fields.failure(fault);
  return metadata;
}

function required(fields: YamlFields, name: string): string {
  const value = fields.text(name);
  if (value === undefined || value === "") throw fields.failure(`it has no ${name}`);
  return value;
}

function maintainer(fields: YamlFields): ChartMaintainer {
  return { name: fields.text("name"), email: fields.text("email"), url: fields.text("url") };
}

function dependency(fields: YamlFields): ChartDependency {
  return {
    name: fields.text("name"),
    version: fields.text("version"),
    repository: fields.text("repository"),
    condition: fields.text("condition"),
    tags: fields.texts("tags"),
    enabled: fields.flag("enabled"),
    importValues: fields.values("import-values"),
    alias: fields.text("alias"),
  };
}

/** Says why Helm would refuse the metadata (helm/helm, pkg/chart/v2/metadata.go, `Validate`). */
function faultOf({
  name,
  version,
  type = "",
  dependencies = [],
}: ChartMetadata): string | undefined {
  if (/[/\\]/.test(name) || name === "." || name === "..") {
    return `its name ${JSON.stringify(name)} contains a path`;
  }
  if (!VERSION.test(version)) {
    return `its version ${JSON.stringify(version)} is not a SemVer 2 version, for example "1.2.3"`;
  }
  if (version.length > LONGEST_TAG) {
    return `its version has ${version.length} characters, but a tag has at most ${LONGEST_TAG}`;
  }
  if (!["", "application", "library"].includes(type)) {
    return `its type ${JSON.stringify(type)} is neither "application" nor "library"`;
  }
  const seen = new Set<string>();
  for (const { name: dependencyName, alias } of dependencies) {
    if (alias !== undefined && alias !== "" && !ALIAS.test(alias)) {
      return `the alias ${JSON.stringify(alias)} of a dependency contains other characters than letters, digits, "-" and "_"`;
    }
    const key = alias === undefined || alias === "" ? (dependencyName ?? "") : alias;
    if (seen.has(key)) {
      return `there are two dependencies with the name or alias ${JSON.stringify(key)}`;
    }
    seen.add(key);
  }
  return undefined;
}

/** The error for a chart as a whole. */
export function chartFailure(names: SourceNames, reason: string): InputError {
  return new InputError(names.property ?? "content.helmChart", `${names.shownPath}: ${reason}`);
}
