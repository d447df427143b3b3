import { image, otherImage } from "../content.js";
import {
  type Row,
  type Step,
  acr,
  choice,
  disallowed,
  patch,
  pushed,
  putManifest,
  v2,
} from "./row.js";

const tag = `${acr}/_tags/v1`;
const manifest = `${acr}/_manifests/${image.digest}`;
const lockArticle = "Microsoft, Lock a container image in an Azure container registry";
const troubleshooting = "Microsoft SupportArticles, delete operation issues";

/** The locked item and flag, the attempted request and the expected answer. */
function row(
  says: string,
  source: string,
  lock: readonly [path: string, flags: object],
  request: Step,
  status: number,
): Row {
  const given = [...pushed, patch(...lock)];
  return { says, source, given, request, status, ...(status === 405 ? { body: disallowed } : {}) };
}

const noWrite = { writeEnabled: false };
const noDelete = { deleteEnabled: false };
const noRead = { readEnabled: false };
const move = putManifest("v1", otherImage);
const deleteTag: Step = { method: "DELETE", path: tag };
const deleteManifest: Step = { method: "DELETE", path: `${v2}/manifests/${image.digest}` };
const deleteRepository: Step = { method: "DELETE", path: acr };
const pullByTag: Step = { method: "GET", path: `${v2}/manifests/v1` };
const pullByDigest: Step = { method: "GET", path: `${v2}/manifests/${image.digest}` };

export const lockRows: readonly Row[] = [
  row("a write-locked tag is not moved", "2026 lab transcript, aks/04", [tag, noWrite], move, 405),
  row("a write-locked tag is not deleted", "Azure/acr-cli#70", [tag, noWrite], deleteTag, 405),
  row("a delete-locked tag is not deleted", lockArticle, [tag, noDelete], deleteTag, 405),
  row("a delete-locked tag is moved", lockArticle, [tag, noDelete], move, 201),
  row("a locked tag protects its manifest", choice, [tag, noDelete], deleteManifest, 405),
  {
    ...row("unless that is switched off", choice, [tag, noDelete], deleteManifest, 202),
    options: { tagLockProtectsManifest: false },
  },
  row("a locked manifest is not deleted", lockArticle, [manifest, noWrite], deleteManifest, 405),
  row(
    "a delete-locked manifest is not deleted",
    lockArticle,
    [manifest, noDelete],
    deleteManifest,
    405,
  ),
  row("a locked manifest may be untagged", lockArticle, [manifest, noWrite], deleteTag, 202),
  row(
    "a locked manifest may get another tag",
    "Azure SDK for .NET, samples",
    [manifest, noWrite],
    putManifest("v2"),
    201,
  ),
  row("a locked tag locks no other", lockArticle, [tag, noWrite], putManifest("v2"), 201),
  row("a write-locked repository takes no tag", lockArticle, [acr, noWrite], move, 405),
  row(
    "a write-locked repository takes no manifest",
    choice,
    [acr, noWrite],
    putManifest(otherImage.digest, otherImage),
    405,
  ),
  row("a write-locked repository loses no tag", lockArticle, [acr, noWrite], deleteTag, 405),
  row(
    "a write-locked repository loses no manifest",
    lockArticle,
    [acr, noWrite],
    deleteManifest,
    405,
  ),
  row("a delete-locked repository stays", lockArticle, [acr, noDelete], deleteRepository, 405),
  row(
    "a delete-locked repository loses single manifests",
    lockArticle,
    [acr, noDelete],
    deleteManifest,
    202,
  ),
  row("a locked tag keeps its repository", troubleshooting, [tag, noDelete], deleteRepository, 405),
  row(
    "a locked manifest keeps its repository",
    troubleshooting,
    [manifest, noWrite],
    deleteRepository,
    405,
  ),
  row("a read-locked tag is not pulled", choice, [tag, noRead], pullByTag, 405),
  row("a read-locked tag is pulled by digest", choice, [tag, noRead], pullByDigest, 200),
  row("a read-locked manifest is not pulled", choice, [manifest, noRead], pullByTag, 405),
  row("a read-locked repository is not pulled", choice, [acr, noRead], pullByDigest, 405),
];
