import type { RepositoryAction } from "../auth/scope.js";
import type { Transport } from "../http/transport.js";
import type { RepositoryName } from "../oci/reference.js";
import { AcrAttributes } from "./acrAttributes.js";
import { RemoteBlobs } from "./remoteBlobs.js";
import { RemoteManifests } from "./remoteManifests.js";
import { RemoteReferrers } from "./remoteReferrers.js";
import { RemoteTags } from "./remoteTags.js";
import type { Repository } from "./repository.js";
import type { UploadSettings } from "./uploadSettings.js";

/** Puts the stores of one repository together. Sends nothing. */
export function remoteRepository(
  transport: Transport,
  name: RepositoryName,
  settings: UploadSettings,
  actions: readonly RepositoryAction[] = [],
): Repository {
  const context = { transport, repository: name, actions };
  const manifests = new RemoteManifests(context);
  return {
    name,
    blobs: new RemoteBlobs(context, settings),
    manifests,
    tags: new RemoteTags(context),
    referrers: new RemoteReferrers(context, manifests),
    attributes: new AcrAttributes(context),
  };
}
