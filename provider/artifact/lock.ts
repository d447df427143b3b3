import { RegistryError, hasCode } from "../errors.js";
import type { Digest } from "../oci/digest.js";
import type { ManifestReference, Tag } from "../oci/reference.js";
import { isDigest } from "../oci/digest.js";
import { ATTRIBUTE_NAMES, type Attributes } from "../registry/attributes.js";
import type { AttributeStore, OperationOptions } from "../registry/repository.js";

/** The attributes that a declaration sets; it does not manage the others. */
export type NamedAttributes = Partial<Attributes>;

/** What `lock: true` means. */
export const LOCKED: NamedAttributes = { deleteEnabled: false, writeEnabled: false };

/** The same attributes, all set to `true`, which removes a lock. */
export function opened(lock: NamedAttributes): NamedAttributes {
  return Object.fromEntries(namesOf(lock).map((name) => [name, true]));
}

/** The attributes of `live` that `named` contains. */
export function restrict(live: NamedAttributes, named: NamedAttributes): NamedAttributes {
  return Object.fromEntries(namesOf(named).map((name) => [name, live[name]]));
}

/** The attributes that are `false` and that our own lock sets to `false`: each of these we may open. */
export function closedByUs(live: Attributes, lock: NamedAttributes): NamedAttributes {
  const ours = namesOf(lock).filter((name) => lock[name] === false && !live[name]);
  return Object.fromEntries(ours.map((name) => [name, false]));
}

/** The attributes that a lock sets to `false`; it may also name attributes that stay `true`. */
export function closedBy(lock: NamedAttributes): NamedAttributes {
  const names = namesOf(lock).filter((name) => lock[name] === false);
  return Object.fromEntries(names.map((name) => [name, false]));
}

/** The attributes that `others` does not contain. */
export function without(attributes: NamedAttributes, others: NamedAttributes): NamedAttributes {
  const names = namesOf(attributes).filter((name) => others[name] === undefined);
  return Object.fromEntries(names.map((name) => [name, attributes[name]]));
}

export function matches(live: NamedAttributes, wanted: NamedAttributes): boolean {
  return namesOf(wanted).every((name) => live[name] === wanted[name]);
}

/** Tells whether the attributes forbid deletion (Microsoft Learn, image lock). */
export function forbidsDeletion({ deleteEnabled, writeEnabled }: Attributes): boolean {
  return !deleteEnabled || !writeEnabled;
}

/** `deleteEnabled=false, writeEnabled=false`: how errors and drift show attributes. */
export function describeAttributes(attributes: NamedAttributes): string {
  return namesOf(attributes)
    .map((name) => `${name}=${attributes[name]}`)
    .join(", ");
}

export function namesOf(attributes: NamedAttributes): readonly (keyof Attributes)[] {
  return ATTRIBUTE_NAMES.filter((name) => attributes[name] !== undefined);
}

/** What the attributes belong to: a tag, a manifest, or (`undefined`) the repository itself. */
export type AttributeSubject = ManifestReference | undefined;

/** The live attributes; `undefined` if the subject does not exist. */
export async function readAttributes(
  store: AttributeStore,
  subject: AttributeSubject,
  options: OperationOptions,
): Promise<Attributes | undefined> {
  if (subject === undefined) return (await store.repository(options))?.attributes;
  const properties = isDigest(subject)
    ? await store.manifest(subject, options)
    : await store.tag(subject, options);
  return properties?.attributes;
}

export function writeAttributes(
  store: AttributeStore,
  subject: AttributeSubject,
  attributes: NamedAttributes,
  options: OperationOptions,
): Promise<Attributes> {
  if (subject === undefined) return store.updateRepository(attributes, options);
  return isDigest(subject)
    ? store.updateManifest(subject, attributes, options)
    : store.updateTag(subject, attributes, options);
}

/**
 * Like writing attributes, but for opening a lock or restoring values: it does not matter if the subject
 * was deleted meanwhile.
 */
export async function writeAttributesIfThere(
  store: AttributeStore,
  subject: AttributeSubject,
  attributes: NamedAttributes,
  options: OperationOptions,
): Promise<void> {
  try {
    await writeAttributes(store, subject, attributes, options);
  } catch (error) {
    if (!hasCode(error, "NOT_FOUND")) throw error;
  }
}

/**
 * Attributes of the tags that name the manifest, from one listing. Tags missing there are requested by
 * name, since `listEnabled: false` hides them.
 */
export async function readTagAttributes(
  store: AttributeStore,
  digest: Digest,
  tags: readonly Tag[],
  options: OperationOptions,
): Promise<ReadonlyMap<string, Attributes>> {
  const found = new Map<string, Attributes>();
  if (tags.length === 0) return found;
  for await (const tag of store.listTags({ digest, ...options })) {
    found.set(tag.name, tag.attributes);
  }
  for (const tag of tags.filter((name) => !found.has(name))) {
    const hidden = await store.tag(tag, options);
    if (hidden?.digest === digest) found.set(tag, hidden.attributes);
  }
  return found;
}

/** Returns `fallback` if the registry is not an ACR, and so has neither attributes nor locks. */
export async function whereSupported<T>(read: Promise<T>, fallback: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return fallback;
    throw error;
  }
}

/** The error for a refusal that we foresee, with the same wording as for one by the service. */
export function lockedError(
  reference: string,
  held: NamedAttributes,
  holder: string,
  isLater = false,
): RegistryError {
  const outcome = isLater
    ? "it stays, and earlier changes of this run are done. The next run continues from here"
    : "nothing was changed";
  return new RegistryError(
    "LOCKED",
    `${reference} is locked (${describeAttributes(held)}) by ${holder}: ${outcome}`,
    { method: "GET", url: reference },
  );
}

/** Throws if the tag or manifest could not be deleted even with our own attributes opened. */
export function refuseForeignLock(
  reference: string,
  attributes: Attributes,
  ours: NamedAttributes,
  { holderOf, isLater }: LockHolders,
): void {
  if (!forbidsDeletion({ ...attributes, ...opened(ours) })) return;
  throw lockedError(reference, restrict(attributes, LOCKED), holderOf(reference), isLater);
}

/** Context for the error about somebody else's lock. */
export interface LockHolders {
  readonly holderOf: (reference: string) => string;
  /** Whether the operation has changed something before. */
  readonly isLater?: boolean;
}
