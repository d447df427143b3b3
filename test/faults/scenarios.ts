import { CREATE, DELETE, READ, UPDATE } from "./artifactScenarios.js";
import {
  MANIFEST_PROPERTIES,
  REPOSITORY_PROPERTIES,
  TAG_LOCK,
  TOGETHER,
} from "./attributeScenarios.js";
import { COPY } from "./copyScenarios.js";
import { OCI_INDEX, REFERRER } from "./indexScenarios.js";
import { RETENTION_POLICY } from "./retentionScenarios.js";
import type { Scenario } from "./scenario.js";
import { ARTIFACT_TAG } from "./tagScenarios.js";

/** Every operation that is swept, by the title of its test. A new resource joins by its own table. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...CREATE,
  ...UPDATE,
  ...READ,
  ...DELETE,
  ...REFERRER,
  ...OCI_INDEX,
  ...COPY,
  ...ARTIFACT_TAG,
  ...TAG_LOCK,
  ...MANIFEST_PROPERTIES,
  ...REPOSITORY_PROPERTIES,
  ...RETENTION_POLICY,
  ...TOGETHER,
};
