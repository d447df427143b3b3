import type { z } from "zod";
import { InputError } from "../errors.js";
import {
  type Lookup,
  type RegistryArguments,
  type SettingSources,
  settleRegistry,
} from "../arguments/registrySettings.js";
import { validate } from "../arguments/schema.js";
import { Sessions } from "../arguments/sessions.js";
import type { Registry } from "../registry/repository.js";

/** What all look-ups need. */
export interface LookupContext extends SettingSources {
  readonly sessions: Sessions;
}

/** The arguments of a look-up: its query and the registry. */
export type Arguments<Query> = Query & { readonly registry?: RegistryArguments };

/**
 * One client per registry and identity for the whole program. Idle connections do not keep the process
 * alive.
 */
const sessions = new Sessions();

/** `configuration` reads the stack's `acr:<key>`. */
export function programContext(configuration: Lookup): LookupContext {
  return { configuration, environment: (name) => process.env[name], sessions };
}

/** @throws InputError with the path of a wrong property. */
export function checkQuery(schema: z.ZodType, args: unknown): void {
  const [failure] = validate(schema, args);
  if (failure !== undefined) throw new InputError(failure.property, failure.reason);
}

export function openRegistry(
  registry: RegistryArguments | undefined,
  context: LookupContext,
): Registry {
  return context.sessions.open(settleRegistry(registry ?? {}, context));
}
