import type { OutgoingHttpHeaders } from "node:http";

import type { Answer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { Settings } from "../options.js";
import type { PageCursors } from "../state/pageCursors.js";
import type { ReferrerCascade } from "../state/referrerCascade.js";
import type { RegistryState } from "../state/registryState.js";
import type { StaleAttributes } from "../state/staleAttributes.js";
import type { UploadSessions } from "../state/uploadSessions.js";
import type { SharedAccess } from "../storage/sharedAccess.js";
import type { Authorizer } from "../tokens/authorization.js";
import type { EmulatedEntra } from "../tokens/entra.js";
import type { TokenIssuer } from "../tokens/tokenIssuer.js";
import type { Access } from "../wire/scope.js";
import type { Throttling } from "./throttling.js";

/** What all handlers share. */
export interface Service {
  readonly state: RegistryState;
  readonly uploads: UploadSessions;
  readonly settings: Settings;
  readonly authorizer: Authorizer;
  readonly tokens: TokenIssuer;
  readonly entra: EmulatedEntra;
  readonly sharedAccess: SharedAccess;
  /** The storage's origin for a client that addresses the registry with this host. */
  readonly storageOrigin: (registryHost: string) => string;
  readonly cursors: PageCursors;
  readonly throttling: Throttling;
  readonly stale: StaleAttributes;
  readonly cascade: ReferrerCascade;
}

/** A request with the variable parts of its route. */
export interface Call {
  readonly request: ReceivedRequest;
  readonly service: Service;
  /** `host:port` as the client addressed it. */
  readonly host: string;
  readonly origin: string;
  readonly query: URLSearchParams;
  /** The decoded repository name; empty if the route has none. */
  readonly name: string;
  /** The last variable part: a tag, digest or upload. */
  readonly reference: string;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** One row of the route table. */
export interface Route {
  readonly method: string;
  /** `{name}`, `{reference}`, `{digest}`, `{tag}` and `{upload}` are the variable parts. */
  readonly path: string;
  /** The required scope; absent for the token endpoints, which check credentials themselves. */
  readonly access?: (call: Call) => readonly Access[];
  readonly handler: Handler;
  /** The headers of an answer with this status. */
  readonly headers: (call: Call, status: number) => OutgoingHttpHeaders;
}
