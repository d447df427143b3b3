import { z } from "zod";
import { InputError } from "../errors.js";
import { REGISTRY_TIERS } from "../http/requestRates.js";
import { checkMediaType } from "../oci/mediaTypes.js";
import { parseDigest } from "../oci/digest.js";
import { parseRepositoryName, parseTag } from "../oci/reference.js";
import { parseLoginServer } from "../oci/loginServer.js";
import { assetName } from "./assetSignature.js";
import { closestName } from "./closestName.js";
import { expected, strangeArgument, unknownProperty } from "./inputMessages.js";
import type { CheckFailure } from "./checkFailure.js";
import { CREDENTIAL_NAMES } from "./registrySettings.js";
import { isUnknown } from "./unknown.js";

/** Accepts a value that is not known yet without checking it. */
export function known(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (!isUnknown(value)) pass(schema.safeParse(value).error?.issues ?? [], context);
  });
}

interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

function pass(issues: readonly Issue[], context: z.RefinementCtx): void {
  for (const { message, path } of issues) {
    context.addIssue({ code: "custom", message, path: [...path] });
  }
}

/** A string that one of our parsers accepts; the parser's error is the message. */
export function parsedBy(parse: (text: string) => unknown): z.ZodType {
  return known(
    z.string({ error: expected("a text") }).superRefine((text, context) => {
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
      }
    }),
  );
}

export const text = known(z.string({ error: expected("a text") }));
/** A string that is not empty. An empty one usually comes from a variable that was not set. */
export const filledText = known(
  z.string({ error: expected("a text") }).min(1, { error: expected("a non-empty string") }),
);
/** A string that no message may show. */
export const secretText = known(z.string({ error: expected("a text", { secret: true }) }));
export const flag = known(z.boolean({ error: expected("true or false") }));
export const size = known(
  z
    .number({ error: expected("a number of bytes") })
    .int({ error: expected("a whole number of bytes") })
    .nonnegative({ error: expected("a number of bytes") }),
);
/** A whole number, at least `least`. */
export function count(least: number): z.ZodType {
  const what = `a whole number, ${least} or more`;
  return known(
    z
      .number({ error: expected(what) })
      .int({ error: expected(what) })
      .gte(least, { error: expected(what) }),
  );
}
export const repositoryName = parsedBy((value) => parseRepositoryName(value));
export const tag = parsedBy((value) => parseTag(value));
export const digest = parsedBy((value) => parseDigest(value));
export const mediaType = parsedBy((value) => checkMediaType(value, ""));
export const annotations = known(
  z.record(z.string(), secretText, { error: expected("strings by key") }),
);

export function list(item: z.ZodType): z.ZodType {
  return known(z.array(item, { error: expected("a list") }));
}

export function oneOf(...values: readonly string[]): z.ZodType {
  const names = values.map((value) => `"${value}"`);
  const choice = `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
  return known(z.enum(values as [string, ...string[]], { error: expected(choice) }));
}

type Members = Readonly<Record<string, z.ZodType>>;

/** An object with exactly these members: a misspelt name is an error instead of being ignored. */
export function object(members: Members, what = "an object"): z.ZodType {
  const names = shownNames(members);
  const shape = z.object(members, { error: expected(what) });
  const stranger = Object.hasOwn(members, "__urn") ? strangeArgument : unknownProperty;
  return z.unknown().superRefine((value, context) => {
    if (isUnknown(value)) return;
    const strangers = strangersIn(value, members);
    for (const key of strangers) {
      context.addIssue({ code: "custom", message: stranger(key, names), path: [key] });
    }
    const meant = meantBy(strangers, names);
    const issues = shape.safeParse(value).error?.issues ?? [];
    pass(
      issues.filter((issue) => !isMissing(issue, value, meant)),
      context,
    );
  });
}

function shownNames(members: Members): string[] {
  return Object.keys(members).filter((name) => !name.startsWith("__"));
}

/** Keys that are not members: misspelt, or from a later version. */
function strangersIn(value: unknown, members: Members): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.keys(value).filter((key) => !Object.hasOwn(members, key));
}

function meantBy(strangers: readonly string[], names: readonly string[]): ReadonlySet<unknown> {
  return new Set(strangers.map((key) => closestName(key, names)));
}

/** Whether a missing member follows from its misspelt name, which is reported already. */
function isMissing({ path }: Issue, value: unknown, meant: ReadonlySet<unknown>): boolean {
  const [name] = path;
  return path.length === 1 && meant.has(name) && !(String(name) in (value as object));
}

/** An object with these members, and exactly one of `names`. */
export function exactlyOne(members: Members, names: readonly string[], what?: string): z.ZodType {
  const choice = names.map((name) => `\`${name}\``).join(", ");
  return object(members, what).superRefine((value, context) => {
    if (isUnknown(value) || typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return;
    const meant = meantBy(strangersIn(value, members), shownNames(members));
    const given = names.filter((name) => name in value);
    if (given.length === 1) return;
    if (given.length === 0 && names.some((name) => meant.has(name))) return;
    const found = given.length === 0 ? "none is given" : `${given.join(" and ")} are given`;
    context.addIssue({ code: "custom", message: `expected exactly one of ${choice}: ${found}` });
  });
}

/** Anything except a Pulumi asset or archive, which belongs elsewhere. */
export function noAsset(item: z.ZodType, what: string, advice: string): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    const asset = typeof value === "object" && value !== null ? assetName(value) : undefined;
    if (asset === undefined) {
      pass(item.safeParse(value).error?.issues ?? [], context);
    } else {
      const message = `${expected(what)({ input: value })}: ${advice}`;
      context.addIssue({ code: "custom", message });
    }
  });
}

/** `true`, `false`, or an object. */
export function flagOr(members: z.ZodType, what: string): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (isUnknown(value) || typeof value === "boolean") return;
    if (typeof value === "object" && value !== null) {
      pass(members.safeParse(value).error?.issues ?? [], context);
    } else {
      const message = expected(`true, false or ${what}`)({ input: value });
      context.addIssue({ code: "custom", message });
    }
  });
}

/**
 * The attributes that a lock of published content may set. Without `readEnabled`, even its publisher
 * could not read it.
 */
export const lockAttributes = object({
  deleteEnabled: flag.optional(),
  writeEnabled: flag.optional(),
  listEnabled: flag.optional(),
});

export const attributes = object({
  deleteEnabled: flag.optional(),
  writeEnabled: flag.optional(),
  readEnabled: flag.optional(),
  listEnabled: flag.optional(),
});

/** A descriptor, in the form of `OciArtifact`'s outputs. */
export const descriptor = object(
  {
    mediaType,
    digest,
    size,
    annotations: annotations.optional(),
    artifactType: mediaType.optional(),
  },
  "a resource that is published, or its `descriptor`",
);

const SECONDS = "a number of seconds, 0 or more";

export const registry = object(
  {
    loginServer: parsedBy((value) => parseLoginServer(value)).optional(),
    credential: oneOf(...CREDENTIAL_NAMES).optional(),
    username: secretText.optional(),
    password: secretText.optional(),
    usernameVariable: text.optional(),
    passwordVariable: text.optional(),
    tenantId: text.optional(),
    clientId: text.optional(),
    audience: text.optional(),
    authorityHost: text.optional(),
    waitForAccess: known(
      z.number({ error: expected(SECONDS) }).nonnegative({ error: expected(SECONDS) }),
    ).optional(),
    requestRates: oneOf(...REGISTRY_TIERS).optional(),
  },
  'an object, such as { loginServer: "myregistry.azurecr.io" }',
);

/** Properties that the package itself adds to every resource. */
export const HIDDEN = { __provider: text.optional(), __urn: text.optional() };

/** All errors of a value, each with the path of its property: `layers[2].title`. */
export function validate(schema: z.ZodType, value: unknown): CheckFailure[] {
  return (schema.safeParse(value).error?.issues ?? []).map(({ message, path }) => ({
    property: propertyPath(path),
    reason: message,
  }));
}

const NAME = /^[A-Za-z_]\w*$/;

function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    const name = String(step);
    if (!NAME.test(name)) return `${written}[${JSON.stringify(name)}]`;
    return written === "" ? name : `${written}.${name}`;
  }, "");
}
