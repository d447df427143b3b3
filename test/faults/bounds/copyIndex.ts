import { type Bag, MiniEngine } from "../../support/miniEngine.js";

export interface Copying {
  readonly environment: Readonly<Record<string, string>>;
  /** Inputs of the copy, whose name is `copy`. */
  readonly inputs: Bag;
}

/** Copies, refreshes and removes; returns the milliseconds of each. */
export async function run({ environment, inputs }: Copying): Promise<Copied> {
  const engine = new MiniEngine({ environment });
  const program = [{ name: "copy", kind: "ArtifactCopy", inputs } as const];
  const timed = async (act: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await act();
    return Math.round(performance.now() - began);
  };
  const copied = await timed(() => engine.up(program));
  const { included } = engine.resource("copy").outputs;
  const refreshed = await timed(() => engine.refresh());
  const destroyed = await timed(() => engine.destroy());
  return { included: (included as readonly Bag[]).length, copied, refreshed, destroyed };
}

export interface Copied {
  readonly included: number;
  readonly copied: number;
  readonly refreshed: number;
  readonly destroyed: number;
}
