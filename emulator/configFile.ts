import { readFile } from "node:fs/promises";

import { z } from "zod";

import { errorMessage } from "./failures.js";
import type { EmulatorOptions } from "./options.js";
import { roleNames } from "./tokens/roles.js";

const text = z.string().min(1);
const flag = z.boolean();
const amount = z.number().int().min(0);
const roles = z.array(z.enum(roleNames)).optional();

const scopedToken = z.strictObject({
  name: text,
  password: text,
  password2: text.optional(),
  repositories: z.record(
    text,
    z.array(
      z.enum([
        "content/read",
        "content/write",
        "content/delete",
        "metadata/read",
        "metadata/write",
      ]),
    ),
  ),
});

const entra = z.strictObject({
  tenantId: text.optional(),
  applications: z
    .array(
      z.strictObject({
        clientId: text,
        clientSecret: text.optional(),
        certificate: text.optional(),
        federatedCredentials: z
          .array(
            z.strictObject({
              issuer: text,
              subject: text,
              audience: text.optional(),
              publicKey: text,
            }),
          )
          .optional(),
        roles,
      }),
    )
    .optional(),
  managedIdentities: z
    .array(z.strictObject({ clientId: text, systemAssigned: flag.optional(), roles }))
    .optional(),
});

const limits = z.strictObject({
  read: amount.optional(),
  write: amount.optional(),
  delete: amount.optional(),
  listReferrers: amount.optional(),
  oauth: amount.optional(),
});

/** All options except `now`, which is a function. */
const options = z.strictObject({
  port: amount.max(65_535),
  storagePort: amount.max(65_535),
  host: text,
  storageHost: text,
  allowNonLoopback: flag,
  username: text,
  password: text,
  tokens: z.array(scopedToken),
  entra,
  dataDirectory: text,
  tls: flag,
  anonymousPull: flag,
  referrersApi: flag,
  manifestSizeLimit: amount,
  chunkSizeLimit: amount,
  chunkCutBytes: amount,
  refuseChunkedFraming: flag,
  withoutAccept: z.enum(["serve", "refuse"]),
  malformedManifestDigest: z.enum(["not-found", "invalid"]),
  throttling: z.union([z.enum(["basic", "premium"]), limits]),
  staleReadMs: amount,
  referrerCascadeMs: amount,
  chunkedListings: z.enum(["large", "always", "never"]),
  tagLockProtectsManifest: flag,
  tokenErrorBody: flag,
  armAudience: flag,
  cloud: z.enum(["public", "china", "us-government"]),
  pageSize: amount.min(1),
  largestPage: amount.min(1),
  storageTokenSeconds: amount,
  accessTokenSeconds: amount,
  refreshTokenSeconds: amount,
  journalLimit: amount,
} satisfies Record<keyof Omit<EmulatorOptions, "now">, z.ZodType>);

const schema = options.partial();

/**
 * Reads the options of `startEmulator` from a JSON file.
 *
 * @throws RangeError that names the file and what is wrong in it.
 */
export async function readConfigFile(path: string): Promise<EmulatorOptions> {
  const parsed = schema.safeParse(await readJson(path));
  if (parsed.success) return parsed.data as EmulatorOptions;
  throw new RangeError(`${path} is not a valid configuration:\n${z.prettifyError(parsed.error)}`);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const message = errorMessage(error);
    throw new RangeError(`${path} could not be read: ${message}`, { cause: error });
  }
}
