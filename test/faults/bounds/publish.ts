import { type Bag, MiniEngine } from "../../support/miniEngine.js";

export interface Publication {
  readonly environment: Readonly<Record<string, string>>;
  readonly layers: readonly Bag[];
}

/** Previews, publishes, runs unchanged and refreshes; returns the milliseconds of each. */
export async function run({ environment, layers }: Publication): Promise<Published> {
  const engine = new MiniEngine({ environment });
  const artifactType = "application/vnd.example";
  const inputs = { repository: "team/app", artifactType, layers, tags: ["v1"] };
  const program = [{ name: "app", kind: "OciArtifact", inputs } as const];
  const { outputs } = await engine.preview(program);
  await engine.up(program);
  const before = process.cpuUsage();
  const { operations } = await engine.up(program);
  const { user, system } = process.cpuUsage(before);
  const refreshed = await engine.refresh();
  return {
    planned: String(outputs["app"]?.["digest"]),
    published: String(engine.resource("app").outputs["digest"]),
    operations: [operations["app"], refreshed.operations["app"]].map(String),
    unchangedCpuMs: (user + system) / 1000,
  };
}

export interface Published {
  readonly planned: string;
  readonly published: string;
  /** Requests of the second `up` and the refresh after it. */
  readonly operations: readonly string[];
  /** What an `up` without changes costs. */
  readonly unchangedCpuMs: number;
}
