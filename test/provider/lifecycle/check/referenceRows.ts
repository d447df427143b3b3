import { ARTIFACT, DIGEST, type Row } from "./row.js";

const REGISTRY = { loginServer: "https://myregistry.azurecr.io" };
const REPOSITORY = "myregistry.azurecr.io/charts/web";

/** Required inputs of each kind, apart from the repository. */
const OTHERS: Readonly<Record<string, Row[0]>> = {
  OciArtifact: ARTIFACT,
  OciIndex: { manifests: [] },
  ArtifactCopy: { source: { repository: "dev/web", digest: DIGEST } },
  ArtifactTag: { tag: "v1", digest: DIGEST },
  TagLock: { tag: "v1" },
  ManifestProperties: { digest: DIGEST, deleteEnabled: false },
  RepositoryProperties: { deleteEnabled: false },
  RetentionPolicy: { keepNewest: 3 },
};

/** A full reference given as the repository, for every kind. */
export const REFERENCE_ROWS: Readonly<Record<string, Row>> = Object.fromEntries(
  Object.entries(OTHERS).map(([kind, inputs]) => [
    kind,
    [
      { ...inputs, registry: REGISTRY, repository: REPOSITORY },
      {
        repository:
          /^it begins with the registry's login server: give the repository alone, "charts\/web"$/,
      },
    ],
  ]),
);
