import { createRequire } from "node:module";

export type Severity = "debug" | "info" | "warning";

/** Says something where the user sees it. Best effort: it never fails and is never waited for. */
export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  /** A passing status in the resource's row, not kept. */
  status(message: string): void;
}

export const SILENT: EngineLog = {
  info: () => undefined,
  warn: () => undefined,
  status: () => undefined,
};

/** Sends to the engine; separate so that tests can record. */
export type SendLog = (
  urn: string,
  severity: Severity,
  message: string,
  ephemeral: boolean,
) => void;

/** A URN that is not well-formed makes the CLI panic, so such a message goes to the stack's row. */
const URN = /^urn:pulumi:[^:]+::[^:]+::[^:]+(?::[^:]+)*::.+$/s;

export function engineLogFor(urn: unknown, send: SendLog): EngineLog {
  const row = typeof urn === "string" && URN.test(urn) ? urn : "";
  return {
    info: (message) => send(row, "info", message, false),
    warn: (message) => send(row, "warning", message, false),
    status: (message) => send(row, "info", message, true),
  };
}

interface LogRequest {
  setSeverity(severity: number): void;
  setMessage(message: string): void;
  setUrn(urn: string): void;
  setEphemeral(ephemeral: boolean): void;
}
interface EngineProto {
  readonly EngineClient: new (
    address: string,
    credentials: unknown,
  ) => {
    log(request: LogRequest, done: (error: unknown) => void): void;
  };
}
interface MessagesProto {
  readonly LogRequest: new () => LogRequest;
  readonly LogSeverity: Readonly<Record<"DEBUG" | "INFO" | "WARNING", number>>;
}

/**
 * The engine's own log service, whose address is the last argument of the host process
 * (`pulumirpc.Engine.Log`). Without a usable address, as in tests, nothing is said.
 */
export function connectEngineLog(argv: readonly string[]): SendLog {
  const address = argv.at(-1);
  if (address === undefined || !/^[^/\s]+:\d+$/.test(address)) return () => undefined;
  const load = createRequire(require.resolve("@pulumi/pulumi/package.json"));
  const { EngineClient } = load("@pulumi/pulumi/proto/engine_grpc_pb") as EngineProto;
  const { LogRequest, LogSeverity } = load("@pulumi/pulumi/proto/engine_pb") as MessagesProto;
  const grpc = load("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const severities = {
    debug: LogSeverity.DEBUG,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
  };
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (urn, severity, message, ephemeral) => {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    client.log(request, () => undefined);
  };
}
