import { type EmulatorOptions, settingsFrom } from "./options.js";
import type { Service } from "./routes/call.js";
import { Throttling } from "./routes/throttling.js";
import { openState } from "./state/openState.js";
import { PageCursors } from "./state/pageCursors.js";
import { ReferrerCascade } from "./state/referrerCascade.js";
import { StaleAttributes } from "./state/staleAttributes.js";
import { UploadSessions } from "./state/uploadSessions.js";
import { SharedAccess } from "./storage/sharedAccess.js";
import { type AdminUser, Authorizer } from "./tokens/authorization.js";
import { EmulatedEntra } from "./tokens/entra.js";
import { ScopedTokens } from "./tokens/scopedTokens.js";
import { TokenIssuer } from "./tokens/tokenIssuer.js";
import { increasingClock, preciseNow } from "./wire/time.js";

export interface ServiceSurroundings {
  readonly folder: string;
  readonly credentials: AdminUser;
  readonly storageOrigin: (registryHost: string) => string;
}

/** Creates everything the handlers need, on a folder that may contain the content of an earlier run. */
export async function createService(
  options: EmulatorOptions,
  { folder, credentials, storageOrigin }: ServiceSurroundings,
): Promise<Service> {
  const settings = settingsFrom(options);
  const now = options.now ?? preciseNow;
  const state = openState(folder, options.dataDirectory !== undefined, increasingClock(now));
  const tokens = await TokenIssuer.create(settings, now);
  const scheme = options.tls === true ? "https" : "http";
  return {
    state,
    uploads: new UploadSessions(state.blobContent),
    settings,
    authorizer: new Authorizer(credentials, new ScopedTokens(options.tokens ?? []), tokens),
    tokens,
    entra: await EmulatedEntra.create({ ...settings, tenantId: options.entra?.tenantId }, now),
    sharedAccess: new SharedAccess(settings.storageTokenSeconds, scheme, now),
    storageOrigin,
    cursors: new PageCursors(),
    throttling: new Throttling(settings.throttling, now),
    stale: new StaleAttributes(settings.staleReadMs, now),
    cascade: new ReferrerCascade(state, settings.referrerCascadeMs),
  };
}
