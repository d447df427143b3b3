import type { Emulator } from "pulumi-acr/emulator";
import { parseDigest } from "../../../provider/oci/digest.js";
import type { Bag } from "../../support/miniEngine.js";
import { assertComplete } from "../invariants.js";
import { World, type WorldOptions } from "../world.js";
import { repositoryOf } from "./claims.js";
import { Excuses } from "./excuses.js";
import { inventoryOf } from "./inventory.js";
import type { Course, Moment } from "./course.js";
import { assertRules } from "./rules.js";

/** One of the repositories of a walk, and what may be left in it. */
export class Place {
  readonly excuses = new Excuses();
  /** The last inventory, until somebody changes something. */
  #seen: Omit<Moment, "state"> | undefined;

  private constructor(readonly world: World) {}

  static async create(emulator: Emulator, options: WorldOptions): Promise<Place> {
    return new Place(await World.create(emulator, options));
  }

  get repository(): string {
    return this.world.repository;
  }

  async moment(state: Moment["state"]): Promise<Moment> {
    const ours = state.filter(({ inputs }) => inputs["repository"] === this.repository);
    this.#seen ??= {
      holdings: await this.world.holdings(),
      inventory: await inventoryOf(this.world),
    };
    return { ...this.#seen, state: ours };
  }

  /** Called when somebody or the stack may change something here. */
  touch(): void {
    this.#seen = undefined;
  }

  /** What must be true of a run, as far as it concerns this repository. */
  async assertRules(run: Course): Promise<void> {
    const program = run.program.filter((one) => repositoryOf(one) === this.repository);
    const course = { ...run, program };
    await assertComplete(this.world, course.after.holdings);
    assertRules(this.world, course);
    this.excuses.note(this.world, course);
  }

  async assertNothingElseLeft(): Promise<void> {
    this.excuses.assertNothingElseLeft(this.world, await this.world.holdings());
  }

  async descriptorOf(digest: string): Promise<Bag> {
    const { manifests } = this.world.somebody.repository;
    return { ...(await manifests.resolve(parseDigest(digest))) };
  }
}
