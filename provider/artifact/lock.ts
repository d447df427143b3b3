import { RegistryError, hasCode } from "../errors.js";
import type { Digest } from "../oci/digest.js";
import type { ManifestReference, Tag } from "../oci/reference.js";
import { isDigest } from "../oci/digest.js";
import { ATTRIBUTE_NAMES, type Attributes } from "../registry/attributes.js";
import type { AttributeStore, OperationOptions } from "../registry/repository.js";

/** The attributes that a declaration names; the others are not its business. */
export type NamedAttributes = Partial<Attributes>;

/** What `lock: true` means. */
export const LOCKED: NamedAttributes = { deleteEnabled: false, writeEnabled: false };

/** The same attributes, all allowed: how one takes a lock away. */
export function opened(lock: NamedAttributes): NamedAttributes {
  return Object.fromEntries(namesOf(lock).map((name) => [name, true]));
}

/** Of `live`, the attributes that `named` names. */
export function restrict(live: NamedAttributes, named: NamedAttributes): NamedAttributes {
  return Object.fromEntries(namesOf(named).map((name) => [name, live[name]]));
}

/** Of the attributes that are closed, those that a lock of our own closes: each of them is ours to open. */
export function closedByUs(live: Attributes, lock: NamedAttributes): NamedAttributes {
  const ours = namesOf(lock).filter((name) => lock[name] === false && !live[name]);
  return Object.fromEntries(ours.map((name) => [name, false]));
}

/** Of a lock, what it closes: it may also name attributes that stay open. */
export function closedBy(lock: NamedAttributes): NamedAttributes {
  const names = namesOf(lock).filter((name) => lock[name] === false);
  return Object.fromEntries(names.map((name) => [name, false]));
}

/** The same without the attributes that `others` names. */
export function without(attributes: NamedAttributes, others: NamedAttributes): NamedAttributes {
  const names = namesOf(attributes).filter((name) => others[name] === undefined);
  return Object.fromEntries(names.map((name) => [name, attributes[name]]));
}

export function matches(live: NamedAttributes, wanted: NamedAttributes): boolean {
  return namesOf(wanted).every((name) => live[name] === wanted[name]);
}

/** Which attributes, closed, forbid that a tag or manifest is deleted (Microsoft Learn, image lock). */
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

/** What has attributes: a tag, a manifest, or (`undefined`) the repository itself. */
export type AttributeSubject = ManifestReference | undefined;

/** Live attributes; `undefined` if what has them is absent. */
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

/** The same, where a lock is opened or values are put back: what somebody has removed meanwhile needs neither. */
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
 * Attributes of those of the tags that name the manifest, in one listing; what it leaves out is asked
 * for by name, since `listEnabled: false` hides a tag from it.
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

/** Answers `fallback` where the registry is not an ACR, and so has no attributes and no locks. */
export async function whereSupported<T>(read: Promise<T>, fallback: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return fallback;
    throw error;
  }
}

/** The refusal that we foresee, in the words of the one that the service would send. */
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

/** Throws if, with our own attributes opened, others still forbid that the tag or manifest is deleted. */
export function refuseForeignLock(
  reference: string,
  attributes: Attributes,
  ours: NamedAttributes,
  { holderOf, isLater }: LockHolders,
): void {
  if (!forbidsDeletion({ ...attributes, ...opened(ours) })) return;
  throw lockedError(reference, restrict(attributes, LOCKED), holderOf(reference), isLater);
}

/** For the error about a lock that is not ours. */
export interface LockHolders {
  readonly holderOf: (reference: string) => string;
  /** The operation has changed something before it came to this. */
  readonly isLater?: boolean;
}
