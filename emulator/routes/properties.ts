import { type Answer, Refusal, empty, errorAnswer, jsonAnswer } from "../http/answer.js";
import { type ChangeableAttributes, mergeAttributes } from "../state/attributes.js";
import { mayDeleteRepository, mayDeleteTag } from "../state/locks.js";
import type { ManifestRecord, Repository, TagRecord } from "../state/records.js";
import type { Call, Handler } from "./call.js";
import { manifestShape, repositoryShape, tagShape } from "./shapes.js";
import { knownRepository, locked, tagUnknown } from "./unknown.js";

export const getRepository: Handler = (call) => repositoryAnswer(call, knownRepository(call));

/**
 * PATCH merges the flags and answers with the whole object. It also works on locked objects, since this
 * is how to unlock them.
 */
export const patchRepository: Handler = async (call) => {
  const change = await readChange(call);
  const repository = knownRepository(call);
  const attributes = change(repository.attributes);
  call.service.stale.remember(repository);
  call.service.state.setRepositoryAttributes(repository, attributes);
  return repositoryAnswer(call, repository);
};

/** `tagsDeleted` is null if there was no tag (js SDK recordings). */
export const deleteRepository: Handler = (call) => {
  const { state } = call.service;
  const repository = state.repositories.get(call.name);
  if (repository === undefined) {
    return errorAnswer(404, {
      code: "NAME_UNKNOWN",
      message: "repository name not known to registry",
      detail: { name: call.name },
    });
  }
  if (!mayDeleteRepository(repository)) locked();
  const manifestsDeleted = [...repository.manifests.keys()].sort();
  const tags = [...repository.tags.keys()].sort();
  state.removeRepository(repository);
  return jsonAnswer(202, { manifestsDeleted, tagsDeleted: tags.length === 0 ? null : tags });
};

export const getTag: Handler = (call) => {
  const found = findTag(call);
  return found === undefined ? tagUnknown() : tagAnswer(call, found.tag);
};

export const patchTag: Handler = async (call) => {
  const change = await readChange(call);
  const found = findTag(call);
  if (found === undefined) return tagUnknown();
  const { repository, tag } = found;
  const attributes = change(tag.attributes);
  call.service.stale.remember(tag);
  call.service.state.setTagAttributes(repository, tag, attributes);
  return tagAnswer(call, tag);
};

/** Keeps the manifest; the answer contains the digest of the deleted tag (go SDK, DeleteTag). */
export const deleteTag: Handler = (call) => {
  const found = findTag(call);
  if (found === undefined) return tagUnknown();
  const { repository, tag } = found;
  if (!mayDeleteTag(repository, tag)) locked();
  call.service.state.removeTag(repository, tag);
  return empty(202, { "X-Ms-Int-Docker-Content-Digest": tag.digest });
};

export const getManifestProperties: Handler = (call) => {
  const found = findManifest(call);
  return found === undefined ? manifestUnknown() : manifestAnswer(call, found);
};

export const patchManifestProperties: Handler = async (call) => {
  const change = await readChange(call);
  const found = findManifest(call);
  if (found === undefined) return manifestUnknown();
  const { repository, manifest } = found;
  const attributes = change(manifest.attributes);
  call.service.stale.remember(manifest);
  call.service.state.setManifestAttributes(repository, manifest, attributes);
  return manifestAnswer(call, found);
};

interface FoundTag {
  readonly repository: Repository;
  readonly tag: TagRecord;
}

interface FoundManifest {
  readonly repository: Repository;
  readonly manifest: ManifestRecord;
}

/** If the repository is missing, the error is that of a missing tag (go SDK recordings). */
function findTag(call: Call): FoundTag | undefined {
  const repository = call.service.state.repositories.get(call.name);
  const tag = repository?.tags.get(call.reference);
  return repository === undefined || tag === undefined ? undefined : { repository, tag };
}

function findManifest(call: Call): FoundManifest | undefined {
  const repository = call.service.state.repositories.get(call.name);
  const manifest = repository?.manifests.get(call.reference);
  return repository === undefined || manifest === undefined ? undefined : { repository, manifest };
}

const largestChange = 64 * 1024;

/** The flags in the body of a PATCH; the body is optional. */
async function readChange(
  call: Call,
): Promise<(current: ChangeableAttributes) => ChangeableAttributes> {
  const bytes = await call.request.body.upTo(largestChange);
  const change = bytes === undefined ? undefined : parseChange(bytes);
  return (current) => {
    const merged = mergeAttributes(current, change);
    if (merged !== undefined) return merged;
    const message = "the body is not a JSON object of booleans";
    throw new Refusal(errorAnswer(400, { code: "BAD_REQUEST", message }));
  };
}

function parseChange(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function repositoryAnswer(call: Call, repository: Repository): Answer {
  return jsonAnswer(200, repositoryShape(call.host, call.service.stale.seen(repository)));
}

function tagAnswer(call: Call, tag: TagRecord): Answer {
  const shape = {
    registry: call.host,
    imageName: call.name,
    tag: tagShape(call.service.stale.seen(tag)),
  };
  return jsonAnswer(200, shape);
}

function manifestAnswer(call: Call, { repository, manifest }: FoundManifest): Answer {
  const tags = call.service.state.tagsOf(repository, manifest.digest);
  const shape = manifestShape(call.service.stale.seen(manifest), tags, true);
  return jsonAnswer(200, { registry: call.host, imageName: call.name, manifest: shape });
}

function manifestUnknown(): Answer {
  return errorAnswer(404, { code: "MANIFEST_UNKNOWN", message: "manifest unknown" });
}
