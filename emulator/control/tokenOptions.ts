import { z } from "zod";

import type { EntraTokenOptions } from "../tokens/entra.js";
import { roleNames } from "../tokens/roles.js";

const schema = z.strictObject({
  audience: z.string().optional(),
  expiresInSeconds: z.number().int().optional(),
  subject: z.string().optional(),
  roles: z.array(z.enum(roleNames)).optional(),
});

/** Parses the options of a token. Returns a message if they are not valid. */
export function parseTokenOptions(json: unknown): EntraTokenOptions | string {
  const parsed = schema.safeParse(json);
  return parsed.success ? (parsed.data as EntraTokenOptions) : z.prettifyError(parsed.error);
}
