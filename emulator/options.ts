import type { EntraOptions } from "./entra/entraOptions.js";
import type { Cloud } from "./tokens/entra.js";
import type { ScopedToken } from "./tokens/scopedTokens.js";

/** Options of `startEmulator`. All are optional; the defaults give a registry like a newly created one of the service. */
export interface EmulatorOptions {
  /** Port of the registry. Default 0: a free one. */
  readonly port?: number;
  /** Port of the storage, from which blob content is served. Default 0: a free one. */
  readonly storagePort?: number;
  /** Address to listen on. Default `127.0.0.1`. Any other than a loopback address needs `allowNonLoopback`. */
  readonly host?: string;
  /**
   * Host name in the addresses that blob reads are redirected to. Default: another name of the loopback than the
   * registry's (`localhost` for `127.0.0.1`), since the service redirects to another host, and clients written in Go drop
   * their credential only then. Give the registry's own host to test that a client compares ports too. If `host` stands for
   * all addresses (`0.0.0.0`, `::`), the default is the host by which the client addresses the registry, or another name of
   * the loopback if it is one.
   */
  readonly storageHost?: string;
  /** Allow an address that other machines can reach. Think twice: the emulator is a test tool. */
  readonly allowNonLoopback?: boolean;
  /** Name of the admin user. Default `emulator`. */
  readonly username?: string;
  /** Password of the admin user. Default: a random one. */
  readonly password?: string;
  /** Repository-scoped tokens, each with its scope map. They sign in like the admin user. */
  readonly tokens?: readonly ScopedToken[];
  /** Also emulate Microsoft Entra ID, for credential classes such as those of `@azure/identity`. */
  readonly entra?: EntraOptions;
  /** Folder for content and metadata, which then survive a restart. Default: a temporary one that `close` removes. */
  readonly dataDirectory?: string;
  /** Serve https, with a certificate made for this run (or kept in `dataDirectory`). */
  readonly tls?: boolean;
  /** Allow reads without credentials, by anonymous tokens, like a registry with anonymous pull. */
  readonly anonymousPull?: boolean;
  /** False simulates a registry that is encrypted with customer-managed keys, which has no referrers API. */
  readonly referrersApi?: boolean;
  /** Largest manifest in bytes. Default 4 MiB. */
  readonly manifestSizeLimit?: number;
  /** Largest request body of an upload in bytes. Larger ones get 413, as reported for bodies over about 20 MB. Default: no limit. */
  readonly chunkSizeLimit?: number;
  /** Refuse uploads without Content-Length with 400 CONTENT_LENGTH_INVALID, as has been reported. Default `false`. */
  readonly refuseChunkedFraming?: boolean;
  /** The answer to a manifest read without an `Accept` header, which is not documented for the service. Default `serve`. */
  readonly withoutAccept?: "serve" | "refuse";
  /**
   * The answer to PUT of a manifest at a path like `/v2/a/manifests/sha256:totallywrong`. The recorded GET gets the plain
   * 404 page even before a token is required, so the path has no route: `not-found`, the default. The OCI conformance
   * program expects 400 DIGEST_INVALID: `invalid`.
   */
  readonly malformedManifestDigest?: "not-found" | "invalid";
  /**
   * Cut the connection when the body of an upload is longer than this many bytes, as reported for one very large chunk
   * (azure-sdk-for-net#32059). Default: never.
   */
  readonly chunkCutBytes?: number;
  /** Answer 429 above these requests per minute: those of a service tier, or your own. Default: no limit. */
  readonly throttling?: "basic" | "premium" | RequestLimits;
  /** For this many milliseconds after a PATCH, reads show the attributes as before (Azure/acr#212). Default 0. */
  readonly staleReadMs?: number;
  /**
   * This many milliseconds after a manifest was deleted, its referrers are deleted too, as documented for the service. In
   * recordings they are still there right after the delete. Default: they stay.
   */
  readonly referrerCascadeMs?: number;
  /**
   * Which lists are sent in chunks, without Content-Length. Default `large`: those over 2,048 bytes. The service sends
   * large lists so; we conclude the limit from what a Go server buffers.
   */
  readonly chunkedListings?: "large" | "always" | "never";
  /** Whether DELETE of a manifest is refused if one of its tags is locked, which is not documented. Default `true`. */
  readonly tagLockProtectsManifest?: boolean;
  /** Answer a bad token at the token endpoints with a JSON error instead of an empty body. Both have been seen. Default `false`. */
  readonly tokenErrorBody?: boolean;
  /** Accept Entra tokens for Azure Resource Manager. False simulates disabled `authentication-as-arm`. Default `true`. */
  readonly armAudience?: boolean;
  /** The cloud whose audiences of Azure Resource Manager are accepted. Default `public`. */
  readonly cloud?: Cloud;
  /** Entries per page of a list if the request has no `n`. Default 100. */
  readonly pageSize?: number;
  /** Most entries per page of a list, whatever `n` says. Default 1,000, as in the service (Azure/acr#749). */
  readonly largestPage?: number;
  /** Lifetime of the address that a blob read is redirected to, in seconds. Default 1,200. */
  readonly storageTokenSeconds?: number;
  /** Lifetime of an access token in seconds. Default 4,500. */
  readonly accessTokenSeconds?: number;
  /** Lifetime of a refresh token in seconds. Default 11,700. */
  readonly refreshTokenSeconds?: number;
  /** How many requests the journal keeps; older ones are dropped and counted. Default 10,000. */
  readonly journalLimit?: number;
  /** The clock, in milliseconds since the Unix epoch, for tests that control time. */
  readonly now?: () => number;
}

export type RequestCategory = "read" | "write" | "delete" | "listReferrers" | "oauth";

/** Requests per minute of the whole registry, of which one identity may use half. A category that is left out has no limit. */
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
