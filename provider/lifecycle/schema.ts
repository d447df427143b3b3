import { z } from "zod";
import { InputError } from "../errors.js";
import { checkMediaType } from "../oci/mediaTypes.js";
import { parseDigest } from "../oci/digest.js";
import { parseRepositoryName, parseTag } from "../oci/reference.js";
import { parseLoginServer } from "../oci/loginServer.js";
import type { CheckFailure } from "./lifecycle.js";
import { CREDENTIAL_NAMES } from "./registrySettings.js";
import { isUnknown } from "./unknown.js";

/** A value that may not be known yet: then it is neither right nor wrong. */
export function known(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (isUnknown(value)) return;
    for (const { message, path } of schema.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: "custom", message, path: [...path] });
    }
  });
}

/** A text that one of our own parsers accepts; its error is the message. */
function parsedBy(parse: (text: string) => unknown): z.ZodType {
  return known(
    z.string({ error: "expected a text" }).superRefine((text, context) => {
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
      }
    }),
  );
}

export const text = known(z.string({ error: "expected a text" }));
export const flag = known(z.boolean({ error: "expected true or false" }));
export const size = known(
  z.number({ error: "expected a number of bytes" }).int("expected whole bytes").nonnegative(),
);
export const repositoryName = parsedBy((value) => parseRepositoryName(value));
export const tag = parsedBy((value) => parseTag(value));
export const digest = parsedBy((value) => parseDigest(value));
export const mediaType = parsedBy((value) => checkMediaType(value, ""));
export const annotations = known(z.record(z.string(), text, { error: "expected texts by key" }));

export function list(item: z.ZodType): z.ZodType {
  return known(z.array(item, { error: "expected a list" }));
}

export function oneOf(...values: readonly string[]): z.ZodType {
  const error = `expected ${values.map((value) => `"${value}"`).join(" or ")}`;
  return known(z.enum(values as [string, ...string[]], { error }));
}

/** An object with these members and no others: a misspelt name is an error, not silently ignored. */
export function object(members: Record<string, z.ZodType>): z.ZodType {
  const names = Object.keys(members).filter((name) => !name.startsWith("__"));
  return known(
    z.strictObject(members, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `${issue.keys.map((key) => `"${key}"`).join(" and ")} is not known here; known are ${names.join(", ")}`
          : "expected an object",
    }),
  );
}

export const attributes = object({
  deleteEnabled: flag.optional(),
  writeEnabled: flag.optional(),
  readEnabled: flag.optional(),
  listEnabled: flag.optional(),
});

/** A descriptor in the form of `OciArtifact`'s outputs. */
export const descriptor = object({
  mediaType,
  digest,
  size,
  annotations: annotations.optional(),
  artifactType: mediaType.optional(),
});

export const registry = object({
  loginServer: parsedBy((value) => parseLoginServer(value)).optional(),
  credential: oneOf(...CREDENTIAL_NAMES).optional(),
  username: text.optional(),
  password: text.optional(),
  usernameVariable: text.optional(),
  passwordVariable: text.optional(),
  tenantId: text.optional(),
  clientId: text.optional(),
  audience: text.optional(),
  authorityHost: text.optional(),
  waitForAccess: known(
    z.number({ error: "expected a number of seconds" }).nonnegative("expected 0 or more seconds"),
  ).optional(),
});

/** Keys of the package itself, in every resource. */
export const HIDDEN = { __provider: text.optional(), __urn: text.optional() };

/** What is wrong, each at its property's path: `layers[2].title`. */
export function validate(schema: z.ZodType, value: unknown): CheckFailure[] {
  return (schema.safeParse(value).error?.issues ?? []).map(({ message, path }) => ({
    property: propertyPath(path),
    reason: message,
  }));
}

function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (written, step) =>
      typeof step === "number"
        ? `${written}[${step}]`
        : `${written}${written === "" ? "" : "."}${String(step)}`,
    "",
  );
}
