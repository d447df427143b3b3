import type { Repository, TagRecord } from "../state/records.js";
import type { Call, Handler } from "./call.js";
import { listAnswer } from "./listAnswer.js";
import { type Page, pageOf } from "./paging.js";
import { manifestShape, tagShape } from "./shapes.js";
import { knownRepository } from "./unknown.js";

/** `/v2/_catalog` and `/acr/v1/_catalog` give the same answer; only the header names the next page. */
export const listRepositories: Handler = (call) => {
  const visible = [...call.service.state.repositories.values()]
    .filter(({ attributes }) => attributes.listEnabled)
    .map(({ name, lastUpdateTime }) => ({ key: name, lastUpdateTime }));
  const page = pageOf(call, visible);
  return listAnswer(call, { repositories: page.entries.map(({ key }) => key) }, page.headers);
};

/** `/v2/…/tags/list` (C11 #54-56). */
export const listTagNames: Handler = (call) => {
  const page = tagPage(call, knownRepository(call));
  const tags = page.entries.map(({ key }) => key);
  return listAnswer(call, { name: call.name, tags }, page.headers);
};

export const listTags: Handler = (call) => {
  const page = tagPage(call, knownRepository(call));
  const tags = page.entries.map(({ tag }) => tagShape(call.service.stale.seen(tag)));
  return listAnswer(call, { registry: call.host, imageName: call.name, tags }, page.headers);
};

export const listManifests: Handler = (call) => {
  const repository = knownRepository(call);
  const visible = [...repository.manifests.values()]
    .filter(({ attributes }) => attributes.listEnabled)
    .map((manifest) => ({ ...manifest, key: manifest.digest, manifest }));
  const page = pageOf(call, visible);
  const tags = tagsByDigest(repository);
  const manifests = page.entries.map(({ manifest }) =>
    manifestShape(call.service.stale.seen(manifest), tags.get(manifest.digest) ?? [], false),
  );
  return listAnswer(call, { registry: call.host, imageName: call.name, manifests }, page.headers);
};

type TagEntry = { key: string; lastUpdateTime: string; tag: TagRecord };

function tagPage(call: Call, repository: Repository): Page<TagEntry> {
  const digest = call.query.get("digest") ?? "";
  const visible = [...repository.tags.values()]
    .filter((tag) => tag.attributes.listEnabled && (digest === "" || tag.digest === digest))
    .map((tag) => ({ key: tag.name, lastUpdateTime: tag.lastUpdateTime, tag }));
  return pageOf(call, visible);
}

function tagsByDigest(repository: Repository): Map<string, TagRecord[]> {
  const byDigest = new Map<string, TagRecord[]>();
  for (const tag of repository.tags.values()) {
    const tags = byDigest.get(tag.digest);
    if (tags === undefined) byDigest.set(tag.digest, [tag]);
    else tags.push(tag);
  }
  return byDigest;
}
