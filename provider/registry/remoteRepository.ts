import type { RepositoryAction } from "../auth/scope.js";
import type { Transport } from "../http/transport.js";
import type { RepositoryName } from "../oci/reference.js";
import { AcrAttributes } from "./acrAttributes.js";
import { type LookBack, ReferrersIndex } from "./referrersIndex.js";
import { RemoteBlobs } from "./remoteBlobs.js";
import { RemoteManifests } from "./remoteManifests.js";
import { RemoteReferrers } from "./remoteReferrers.js";
import { RemoteTags } from "./remoteTags.js";
import type { Repository } from "./repository.js";
import type { UploadSettings } from "./uploadSettings.js";

/** Settings of a client that concern more than single requests. */
export interface ClientSettings {
  readonly uploads: UploadSettings;
  readonly lookBack: LookBack;
}

/** A repository made of its stores. Sends nothing. */
export function remoteRepository(
  transport: Transport,
  name: RepositoryName,
  settings: ClientSettings,
  actions: readonly RepositoryAction[] = [],
): Repository {
  const context = { transport, repository: name, actions };
  const index = new ReferrersIndex(context, settings.lookBack);
  const manifests = new RemoteManifests(context, index);
  return {
    name,
    blobs: new RemoteBlobs(context, settings.uploads),
    manifests,
    tags: new RemoteTags(context),
    referrers: new RemoteReferrers(context, manifests, index),
    attributes: new AcrAttributes(context),
  };
}
