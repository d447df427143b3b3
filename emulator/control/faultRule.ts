import { type ZodType, z } from "zod";

import type { Fault, FaultAction, FaultRule } from "../faults.js";

const amount = z.number().int().min(0);
const count = z.number().int().min(1);

const pattern = z
  .strictObject({ pattern: z.string(), flags: z.string().optional() })
  .transform(({ pattern, flags }, context) => {
    try {
      return new RegExp(pattern, flags);
    } catch (error) {
      context.addIssue({ code: "custom", message: String(error) });
      return z.NEVER;
    }
  });

const text = z.union([z.string(), pattern]);

const statusAction = z
  .strictObject({
    type: z.literal("status"),
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    bodyBase64: z.base64().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  })
  .transform(({ bodyBase64, ...action }) =>
    bodyBase64 === undefined ? action : { ...action, body: Buffer.from(bodyBase64, "base64") },
  );

const action = z.discriminatedUnion("type", [
  statusAction,
  z.strictObject({
    type: z.enum(["reset", "stall", "hold", "dropAnswer", "stallAnswer", "corrupt"]),
  }),
  z.strictObject({ type: z.enum(["resetAfter", "truncate"]), bytes: amount }),
  z.strictObject({ type: z.literal("delay"), ms: amount }),
  z.strictObject({ type: z.literal("throttle"), seconds: count }),
]) as ZodType<FaultAction>;

const rule = z.strictObject({
  method: z.string().optional(),
  path: text.optional(),
  query: text.optional(),
  server: z.enum(["registry", "storage", "entra"]).optional(),
  nth: count.optional(),
  times: z.union([count, z.literal("always").transform(() => Infinity)]).optional(),
  action,
});

/**
 * Parses a rule from JSON: a pattern is `{"pattern": "…", "flags": "i"}`, `times` may be `"always"`, the
 * bytes of a body are `bodyBase64`; everything else is as in `FaultRule`. Returns a message if it is not
 * a valid rule.
 */
export function parseFaultRule(json: unknown): FaultRule | string {
  const parsed = rule.safeParse(json);
  return parsed.success ? (parsed.data as FaultRule) : z.prettifyError(parsed.error);
}

/** A fault as JSON. */
export function faultShape({ id, rule, hits }: Fault): object {
  return {
    id,
    hits,
    rule: {
      ...rule,
      path: textShape(rule.path),
      query: textShape(rule.query),
      times: rule.times === Infinity ? "always" : rule.times,
      action: actionShape(rule.action),
    },
  };
}

function textShape(value: string | RegExp | undefined): unknown {
  if (!(value instanceof RegExp)) return value;
  // `source` escapes slashes, as a literal would need it; JSON does not.
  return {
    pattern: value.source.replaceAll("\\/", "/"),
    ...(value.flags === "" ? {} : { flags: value.flags }),
  };
}

function actionShape(action: FaultAction): object {
  if (action.type !== "status" || action.body === undefined || typeof action.body === "string") {
    return action;
  }
  const { body, ...rest } = action;
  return { ...rest, bodyBase64: Buffer.from(body).toString("base64") };
}
