import type { Drift } from "../../artifact/foundDrift.js";
import {
  type AttributeSubject,
  describeAttributes,
  matches,
  type NamedAttributes,
  namesOf,
  readAttributes,
  restrict,
  writeAttributes,
  writeAttributesIfThere,
} from "../../artifact/lock.js";
import { REMOVED_BY_OTHERS } from "../../artifact/requireManifests.js";
import { ConflictError, hasCode, RegistryError, type RegistryErrorFacts } from "../../errors.js";
import type { Attributes } from "../../registry/attributes.js";
import type { AttributeStore, OperationOptions } from "../../registry/repository.js";

/** A tag, manifest or repository whose attributes a resource manages. */
export interface Subject {
  readonly subject: AttributeSubject;
  /** Full reference. */
  readonly reference: string;
  /** Its attributes, if the request that found it returned them. */
  readonly attributes?: Attributes;
}

/** The values found at first, by full reference, which delete restores. */
export type Previous = Readonly<Record<string, NamedAttributes>>;

export async function requireAttributes(
  store: AttributeStore,
  { subject, reference }: Subject,
  options: OperationOptions,
): Promise<Attributes> {
  const live = await readAttributes(store, subject, options);
  if (live === undefined) throw nothingToManage(reference);
  return live;
}

export function nothingToManage(
  reference: string,
  facts: Partial<RegistryErrorFacts> = {},
): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${reference} does not exist, so its attributes cannot be set. If the same stack publishes it, refer to ` +
      `that resource's outputs, or add dependsOn. ${REMOVED_BY_OTHERS}`,
    { method: "GET", url: reference, ...facts },
  );
}

/** Sets the attributes, unless they are as wanted already. */
export async function setAttributes(
  store: AttributeStore,
  managed: Subject,
  live: Attributes,
  wanted: NamedAttributes,
  options: OperationOptions,
): Promise<void> {
  if (matches(live, wanted)) return;
  try {
    await writeAttributes(store, managed.subject, wanted, options);
  } catch (error) {
    // Somebody has deleted it since it was inspected.
    if (!hasCode(error, "NOT_FOUND")) throw error;
    throw nothingToManage(managed.reference, { method: "PATCH", status: 404, cause: error });
  }
}

/** Throws for a change that neither we nor the last refresh know of, because it is not ours to undo. */
export function refuseThirdChange(
  { reference }: Subject,
  live: Attributes,
  wanted: NamedAttributes,
  old: NamedAttributes,
  drift: readonly Drift[],
): void {
  if (matches(live, wanted) || matches(live, old)) return;
  const ofSubject = drift.filter(
    ({ kind, subject }) => kind === "attributes-changed" && subject === reference,
  );
  const seen = ofSubject.map(({ actual }) => actual);
  const now = describeAttributes(restrict(live, old));
  if (seen.includes(now)) return;
  throw new ConflictError(
    reference,
    `${reference} was changed by somebody else: it has ${now}, the state says ` +
      `${seen[0] ?? describeAttributes(old)}. Nothing was changed. Run \`pulumi up --refresh\` to check it again`,
  );
}

export function attributeDrift(
  { reference }: Subject,
  live: NamedAttributes,
  wanted: NamedAttributes,
): Drift[] {
  if (matches(live, wanted)) return [];
  return [
    {
      kind: "attributes-changed",
      subject: reference,
      expected: describeAttributes(wanted),
      actual: describeAttributes(restrict(live, wanted)),
    },
  ];
}

/**
 * Restores the previous values where the live value is still ours. Later changes by others are kept, and
 * a subject that no longer exists needs nothing.
 */
export async function putBack(
  store: AttributeStore,
  { subject }: Subject,
  ours: NamedAttributes,
  previous: NamedAttributes,
  options: OperationOptions,
): Promise<void> {
  const live = await readAttributes(store, subject, options);
  if (live === undefined) return;
  const names = namesOf(ours).filter(
    (name) =>
      live[name] === ours[name] && previous[name] !== undefined && previous[name] !== live[name],
  );
  if (names.length === 0) return;
  const back = Object.fromEntries(names.map((name) => [name, previous[name]]));
  await writeAttributesIfThere(store, subject, back, options);
}
