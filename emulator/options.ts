import type { EntraOptions } from "./entra/entraOptions.js";
import type { Cloud } from "./tokens/entra.js";
import type { ScopedToken } from "./tokens/scopedTokens.js";

/** What `startEmulator` takes. Everything is optional: the defaults are a registry as the service makes it. */
export interface EmulatorOptions {
  /** Port of the registry; 0 (the default) takes a free one. Blob content is served from a second, free port. */
  readonly port?: number;
  /** Address to listen on, `127.0.0.1` by default. Anything but loopback needs `allowNonLoopback`. */
  readonly host?: string;
  /**
   * Host name in the addresses that blob reads are redirected to. By default it is another name of the loopback than the
   * registry's (`localhost` for `127.0.0.1`): the service redirects to another host, and clients written in Go drop their
   * credential only then. Give the registry's own host to test that a client minds the port, too.
   */
  readonly storageHost?: string;
  /** Listen on an address that other machines can reach. The emulator is a test tool: think twice. */
  readonly allowNonLoopback?: boolean;
  /** Name of the admin user, `emulator` by default. */
  readonly username?: string;
  /** Password of the admin user; random when absent. */
  readonly password?: string;
  /** Repository-scoped tokens, each with its scope map; they sign in as the admin user does. */
  readonly tokens?: readonly ScopedToken[];
  /** Play Microsoft Entra ID over HTTP, too, for the credential classes of `@azure/identity` and the like. */
  readonly entra?: EntraOptions;
  /** Folder for content and metadata, which then survive a restart; without it a temporary one is removed by `close`. */
  readonly dataDirectory?: string;
  /** Serve https with a certificate made for this run (kept in `dataDirectory` when there is one). */
  readonly tls?: boolean;
  /** Answer reads without credentials, as a registry with anonymous pull does (with anonymous tokens). */
  readonly anonymousPull?: boolean;
  /** False plays a registry encrypted with customer-managed keys, which has no referrers API. */
  readonly referrersApi?: boolean;
  /** Largest manifest in bytes, 4 MiB by default. */
  readonly manifestSizeLimit?: number;
  /** Largest request body of an upload in bytes; above it 413, as has been reported for bodies over about 20 MB. Off by default. */
  readonly chunkSizeLimit?: number;
  /** Refuse uploads without Content-Length with 400 CONTENT_LENGTH_INVALID, as has been reported. Off by default. */
  readonly refuseChunkedFraming?: boolean;
  /** What a manifest read without an `Accept` header gets; not documented for the service. `serve` by default. */
  readonly withoutAccept?: "serve" | "refuse";
  /**
   * What PUT of a manifest gets at a path like `/v2/a/manifests/sha256:totallywrong`. The recorded GET is answered with the
   * plain 404 page before anybody is asked for a token, so the path has no route, and `not-found` is the default; the OCI
   * conformance program wants 400 DIGEST_INVALID, which is `invalid`.
   */
  readonly malformedManifestDigest?: "not-found" | "invalid";
  /**
   * Cut the connection when the body of an upload is longer than so many bytes, as has been reported for one very large
   * chunk (azure-sdk-for-net#32059). Off by default.
   */
  readonly chunkCutBytes?: number;
  /** Requests per minute, above which 429 is answered: those of a service tier, or one's own. Off by default. */
  readonly throttling?: "basic" | "premium" | RequestLimits;
  /** For so many milliseconds after a PATCH, attributes are shown as they were before it (Azure/acr#212). 0 by default. */
  readonly staleReadMs?: number;
  /**
   * So many milliseconds after a manifest was deleted, its referrers are, too; documented for the service, but not seen
   * right after the delete. By default they stay.
   */
  readonly referrerCascadeMs?: number;
  /**
   * Which lists come without Content-Length, in chunks: `large`, the default, those over 2,048 bytes. Large ones do so
   * from the service; the limit is what a Go server buffers, and our conclusion.
   */
  readonly chunkedListings?: "large" | "always" | "never";
  /** Whether DELETE of a manifest is refused when one of its tags is locked; not documented. True by default. */
  readonly tagLockProtectsManifest?: boolean;
  /** Answer a bad token at the token endpoints with the JSON error instead of an empty body; both have been seen. */
  readonly tokenErrorBody?: boolean;
  /** Accept Entra tokens for Azure Resource Manager; false plays `authentication-as-arm` disabled. True by default. */
  readonly armAudience?: boolean;
  /** Whose audiences of Azure Resource Manager are known; `public` by default. */
  readonly cloud?: Cloud;
  /** Entries of a list page when the request has no `n`, 100 by default. */
  readonly pageSize?: number;
  /** Entries of a list page at most, whatever the request has as `n`; 1,000 by default, as the service (Azure/acr#749). */
  readonly largestPage?: number;
  /** Lifetime of the token that a blob read is redirected with, in seconds; 1,200 by default. */
  readonly storageTokenSeconds?: number;
  /** Lifetime of an access token in seconds; 4,500 by default. */
  readonly accessTokenSeconds?: number;
  /** Lifetime of a refresh token in seconds; 11,700 by default. */
  readonly refreshTokenSeconds?: number;
  /** How many requests the journal keeps; older ones are dropped and counted. 10,000 by default. */
  readonly journalLimit?: number;
  /** Milliseconds since the Unix epoch; for tests that steer time. */
  readonly now?: () => number;
}

export type RequestCategory = "read" | "write" | "delete" | "listReferrers" | "oauth";

/** Requests per minute of the whole registry; one identity may use half. What is left out has no limit. */
export type RequestLimits = Readonly<Partial<Record<RequestCategory, number>>>;

/** Microsoft, "Azure Container Registry SKU features and limits". */
const tierLimits = {
  basic: { read: 10_000, write: 2_000, delete: 1_000, listReferrers: 500, oauth: 10_000 },
  premium: { read: 20_000, write: 4_000, delete: 4_000, listReferrers: 2_000, oauth: 20_000 },
} as const;

/** The options with every default filled in, without those that only `startEmulator` needs. */
export interface Settings {
  readonly anonymousPull: boolean;
  readonly referrersApi: boolean;
  readonly manifestSizeLimit: number;
  readonly chunkSizeLimit: number;
  readonly refuseChunkedFraming: boolean;
  readonly withoutAccept: "serve" | "refuse";
  readonly malformedManifestDigest: "not-found" | "invalid";
  readonly chunkCutBytes: number;
  readonly throttling: RequestLimits | undefined;
  readonly staleReadMs: number;
  readonly referrerCascadeMs: number | undefined;
  readonly chunkedListings: "large" | "always" | "never";
  readonly tagLockProtectsManifest: boolean;
  readonly tokenErrorBody: boolean;
  readonly armAudience: boolean;
  readonly cloud: Cloud;
  readonly pageSize: number;
  readonly largestPage: number;
  readonly storageTokenSeconds: number;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

export const defaultUsername = "emulator";

export function settingsFrom(options: EmulatorOptions): Settings {
  return {
    anonymousPull: options.anonymousPull ?? false,
    referrersApi: options.referrersApi ?? true,
    manifestSizeLimit: options.manifestSizeLimit ?? 4 * 1024 * 1024,
    chunkSizeLimit: options.chunkSizeLimit ?? Infinity,
    refuseChunkedFraming: options.refuseChunkedFraming ?? false,
    withoutAccept: options.withoutAccept ?? "serve",
    malformedManifestDigest: options.malformedManifestDigest ?? "not-found",
    chunkCutBytes: options.chunkCutBytes ?? Infinity,
    throttling: limitsOf(options.throttling),
    staleReadMs: options.staleReadMs ?? 0,
    referrerCascadeMs: options.referrerCascadeMs,
    chunkedListings: options.chunkedListings ?? "large",
    tagLockProtectsManifest: options.tagLockProtectsManifest ?? true,
    tokenErrorBody: options.tokenErrorBody ?? false,
    armAudience: options.armAudience ?? true,
    cloud: options.cloud ?? "public",
    pageSize: options.pageSize ?? 100,
    largestPage: options.largestPage ?? 1_000,
    storageTokenSeconds: options.storageTokenSeconds ?? 20 * 60,
    accessTokenSeconds: options.accessTokenSeconds ?? 4_500,
    refreshTokenSeconds: options.refreshTokenSeconds ?? 11_700,
  };
}

function limitsOf(throttling: EmulatorOptions["throttling"]): RequestLimits | undefined {
  return typeof throttling === "string" ? tierLimits[throttling] : throttling;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** The host to listen on; throws for one that others can reach, unless that was asked for. */
export function listenHost(options: EmulatorOptions): string {
  const host = options.host ?? "127.0.0.1";
  if (!loopback.test(host) && options.allowNonLoopback !== true) {
    throw new RangeError(
      `The emulator listens on loopback addresses only, and "${host}" is not one. ` +
        "Use 127.0.0.1, ::1 or localhost, or ask for it explicitly: option allowNonLoopback, flag --allow-non-loopback.",
    );
  }
  return host;
}

/** The host name that storage goes by, and the address it listens on. */
export interface StoragePlace {
  readonly name: string;
  readonly address: string;
}

export function storagePlace(options: EmulatorOptions): StoragePlace {
  const host = listenHost(options);
  if (!loopback.test(host)) return { name: options.storageHost ?? host, address: host };
  if (options.storageHost === host) return { name: host, address: host };
  const name = options.storageHost ?? (host === "localhost" ? "127.0.0.1" : "localhost");
  return { name, address: "127.0.0.1" };
}
