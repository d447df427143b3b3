import { type DynamicProvider, dynamicProvider } from "./lifecycle/dynamicProvider.js";
import { connectEngineLog } from "./lifecycle/engineLog.js";
import { Host } from "./lifecycle/host.js";
import { lifecycleOf } from "./lifecycle/kinds.js";
import { stopOnInterrupt } from "./lifecycle/operation.js";
import { redrawnRows } from "./lifecycle/redrawnRows.js";

/** The format of the outputs that this version writes and reads. */
const STATE_FORMAT = 1;

let processHost: Host | undefined;

/**
 * The provider of one kind of resource. The engine's dynamic host calls this through the text in every
 * resource's `__provider` property: `exports.handler = () =>
 * require("pulumi-acr/provider").provider("<Kind>", <stateFormat>)`. Module, function and arguments are a
 * persisted contract.
 */
export function provider(kind: string, stateFormat: number): DynamicProvider {
  const lifecycle = lifecycleOf(kind);
  if (lifecycle === undefined || stateFormat > STATE_FORMAT) {
    throw new Error(
      `this version of pulumi-acr does not know ${kind} in state format ${stateFormat}: the stack was last updated by ` +
        `a newer version; install that one or a later one`,
    );
  }
  const host = (processHost ??= startHost());
  return dynamicProvider(kind, lifecycle(host), host);
}

function startHost(): Host {
  const host = new Host({
    environment: (name) => process.env[name],
    sendLog: connectEngineLog(process.argv),
    redrawn: redrawnRows(),
    directory: process.cwd(),
  });
  stopOnInterrupt(host.operations);
  return host;
}
