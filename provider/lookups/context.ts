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

/** What every look-up works with. */
export interface LookupContext extends SettingSources {
  readonly sessions: Sessions;
}

/** Arguments of a look-up: its query, and which registry. */
export type Arguments<Query> = Query & { readonly registry?: RegistryArguments };

/** One client per registry and identity for the whole program; idle connections do not keep it alive. */
const sessions = new Sessions();

/** `configuration` reads the stack's `acr:<key>`. */
export function programContext(configuration: Lookup): LookupContext {
  return { configuration, environment: (name) => process.env[name], sessions };
}

/** @throws InputError with the property's path for what cannot be right. */
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
