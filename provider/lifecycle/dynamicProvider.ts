import type { dynamic } from "@pulumi/pulumi";
import { outwardError, PartialFailure, shownFailure } from "./failures.js";
import type { Host } from "./host.js";
import type { Lifecycle, PropertyBag } from "./lifecycle.js";
import type { Operation } from "./operation.js";
import { withoutUndefined } from "./plain.js";

type Bag = Record<string, unknown>;

/** The interface that the engine's dynamic host calls. */
export type DynamicProvider = dynamic.ResourceProvider<Bag, Bag>;

/** Adapts a lifecycle to the dynamic host, which looks for each verb as a member. */
export function dynamicProvider(kind: string, lifecycle: Lifecycle, host: Host): DynamicProvider {
  const run: Run = (verb, state, body) =>
    host.run(state, body).catch((error: unknown) => rethrow(kind, verb, state, error));
  return {
    // Must be synchronous: the host does not wait for it before it calls the next verb.
    configure: (request) => {
      host.configure((key) => request.config.get(key));
      return Promise.resolve();
    },
    ...planningVerbs(lifecycle, host, run),
    ...changingVerbs(lifecycle, host, run),
  };
}

type Run = <T>(
  verb: string,
  state: PropertyBag,
  body: (operation: Operation) => Promise<T>,
) => Promise<T>;

function planningVerbs(
  lifecycle: Lifecycle,
  { declarations, ownership }: Host,
  run: Run,
): Required<Pick<DynamicProvider, "check" | "diff">> {
  return {
    check: (olds, news) =>
      run("check", news, async (operation) => {
        const { inputs, failures } = await declarations.during(() =>
          lifecycle.check(olds, news, operation),
        );
        const shown = failures.map((failure) => shownFailure(failure, news));
        return { inputs: withoutUndefined(inputs) as Bag, failures: shown };
      }),
    diff: (id, olds, news) =>
      run("diff", news, async (operation) => {
        ownership.rename(id, olds["__urn"], news["__urn"]);
        const { changes, replaces } = await lifecycle.diff(id, olds, news, operation);
        return { changes, replaces: [...replaces] };
      }),
  };
}

function changingVerbs(
  lifecycle: Lifecycle,
  { ownership }: Host,
  run: Run,
): Required<Pick<DynamicProvider, "create" | "read" | "update" | "delete">> {
  return {
    create: (inputs) =>
      run("create", inputs, async (operation) => {
        const { id, outs } = await lifecycle.create(inputs, operation);
        return { id, outs: withoutUndefined(outs) as Bag };
      }),
    read: (id, state = {}) =>
      run("read", state, async (operation) => {
        const found = await lifecycle.read(id, state, operation);
        if (found === undefined) return { id: "", props: {} };
        const { outs, inputs } = found;
        return {
          id: found.id,
          props: withoutUndefined(outs) as Bag,
          inputs: withoutUndefined(inputs) as Bag,
        };
      }),
    update: (id, olds, news) =>
      run("update", news, async (operation) => ({
        outs: withoutUndefined(await lifecycle.update(id, olds, news, operation)) as Bag,
      })),
    delete: (id, state) => {
      // A state may contain the URN from before a rename, which has no row in the output any more.
      const shown = { ...state, __urn: ownership.currentUrn(state["__urn"], id) };
      return run("delete", shown, (operation) => lifecycle.delete(id, state, operation));
    },
  };
}

/** Adds `__provider` to a partial failure, without which the resource could never be read or deleted. */
function rethrow(kind: string, verb: string, state: PropertyBag, error: unknown): never {
  if (error instanceof PartialFailure) {
    const { __provider } = state;
    throw Object.assign(error, {
      properties: withoutUndefined({ ...error.properties, __provider }),
    });
  }
  throw outwardError(`${verb} of ${kind}`, error);
}
