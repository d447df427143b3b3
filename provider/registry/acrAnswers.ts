import { ProtocolError } from "../errors.js";
import { isDigest, type Digest } from "../oci/digest.js";
import type {
  Attributes,
  ManifestProperties,
  RepositoryProperties,
  TagProperties,
} from "./attributes.js";
import type { DeletedRepository } from "./repository.js";
import { Members, type JsonObject } from "./jsonAnswer.js";
import { quoted } from "../oci/printable.js";

// The answers of the data-plane specification 2021-07-01, as the service really sends them: with
// `mediaType`, which the specification does not declare, and without `tags`, `references` and the
// platform where there are none.

export function readRepository(document: JsonObject, operation: string): RepositoryProperties {
  const members = new Members(document, operation);
  return {
    name: members.text("imageName"),
    createdTime: members.text("createdTime"),
    lastUpdateTime: members.text("lastUpdateTime"),
    manifestCount: members.count("manifestCount"),
    tagCount: members.count("tagCount"),
    attributes: readAttributes(members),
  };
}

export function readTag(value: unknown, operation: string): TagProperties {
  const members = new Members(value, operation);
  return {
    name: members.text("name"),
    digest: digestOf(members, operation),
    createdTime: members.text("createdTime"),
    lastUpdateTime: members.text("lastUpdateTime"),
    attributes: readAttributes(members),
  };
}

export function readManifest(value: unknown, operation: string): ManifestProperties {
  const members = new Members(value, operation);
  const configMediaType = members.optionalText("configMediaType");
  return {
    digest: digestOf(members, operation),
    size: members.count("imageSize"),
    createdTime: members.text("createdTime"),
    lastUpdateTime: members.text("lastUpdateTime"),
    mediaType: members.optionalText("mediaType") ?? "",
    ...(configMediaType === undefined ? {} : { configMediaType }),
    ...readPlatform(members),
    tags: members.texts("tags"),
    attributes: readAttributes(members),
    references: members.list("references").map((item) => {
      const reference = new Members(item, operation);
      return { digest: digestOf(reference, operation), ...readPlatform(reference) };
    }),
  };
}

export function readAttributes(owner: Members): Attributes {
  const members = owner.object("changeableAttributes");
  return {
    deleteEnabled: members.flag("deleteEnabled"),
    writeEnabled: members.flag("writeEnabled"),
    readEnabled: members.flag("readEnabled"),
    listEnabled: members.flag("listEnabled"),
  };
}

/** `tagsDeleted` is `null` if the repository had no tags. */
export function readDeleted(document: JsonObject, operation: string): DeletedRepository {
  const members = new Members(document, operation);
  return { manifests: members.texts("manifestsDeleted"), tags: members.texts("tagsDeleted") };
}

function readPlatform(members: Members): { architecture?: string; os?: string } {
  const architecture = members.optionalText("architecture");
  const os = members.optionalText("os");
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(os === undefined ? {} : { os }),
  };
}

/** Later requests contain the digests of answers, so they are parsed as digests here. */
function digestOf(members: Members, operation: string): Digest {
  const digest = members.text("digest");
  if (isDigest(digest)) return digest;
  throw new ProtocolError(`${operation}: ${quoted(digest)} in the answer is not a digest`);
}
