import { setImmediate } from "node:timers/promises";
import type { Emulator } from "pulumi-acr/emulator";

/** Somebody acts while the operation's first matching request is under way. */
export async function meanwhile<T>(
  { faults }: Pick<Emulator, "faults">,
  request: { readonly method: string; readonly path: RegExp },
  act: () => unknown,
  operation: () => Promise<T>,
): Promise<T> {
  const held = faults.add({ ...request, action: { type: "hold" } });
  const run = { isOver: false };
  const running = operation().finally(() => (run.isOver = true));
  running.catch(() => undefined);
  try {
    while (held.hits === 0 && !run.isOver) await setImmediate();
    if (held.hits > 0) await act();
  } finally {
    held.remove();
  }
  const result = await running;
  if (held.hits === 0) throw new Error(`no ${request.method} ${request.path} was sent`);
  return result;
}
