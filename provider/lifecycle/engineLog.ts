import { createRequire } from "node:module";

export type Severity = "debug" | "info" | "warning";

/** Shows messages to the user. Best effort: it never fails. */
export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  /** A temporary status in the resource's row. Outside a terminal, each one is printed as a line. */
  status(message: string): void;
  /** Whether the CLI redraws the row in place, so that a status every second does not disturb. */
  readonly redrawn: () => Promise<boolean>;
}

/** Shows nothing. */
const SILENT: EngineLog = {
  info: () => undefined,
  warn: () => undefined,
  status: () => undefined,
  redrawn: () => Promise.resolve(false),
};

/**
 * Sends a message to the engine and resolves when it was received. Injected, so that tests can record it.
 */
export type SendLog = (
  urn: string,
  severity: Severity,
  message: string,
  ephemeral: boolean,
) => void | Promise<void>;

/** A malformed URN makes the CLI panic, so its message is shown in the stack's row instead. */
const URN = /^urn:pulumi:[^:]+::[^:]+::[^:]+(?::[^:]+)*::.+$/s;

/** An engine that has not accepted a message after this time never will. */
const DELIVERY_TIMEOUT_MS = 1_000;

/**
 * The log of one operation. The engine ends the host as soon as the last operation has returned, and
 * messages that are still being sent are lost. So an operation only returns when its messages were
 * delivered.
 */
export class OperationLog implements EngineLog {
  readonly redrawn: () => Promise<boolean>;
  readonly #row: string;
  readonly #send: SendLog;
  readonly #underWay: Promise<void>[] = [];

  constructor(urn: unknown, send: SendLog, redrawn: () => Promise<boolean> = SILENT.redrawn) {
    this.#row = typeof urn === "string" && URN.test(urn) ? urn : "";
    this.#send = send;
    this.redrawn = redrawn;
  }

  info(message: string): void {
    this.#keep("info", message);
  }

  warn(message: string): void {
    this.#keep("warning", message);
  }

  status(message: string): void {
    void this.#post("info", message, true);
  }

  /**
   * Waits until all messages, except for temporary statuses, were delivered. Has a short limit and never
   * fails.
   */
  async delivered(): Promise<void> {
    if (this.#underWay.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DELIVERY_TIMEOUT_MS);
    });
    await Promise.race([Promise.all(this.#underWay), timeout]);
    clearTimeout(timer);
  }

  #keep(severity: Severity, message: string): void {
    this.#underWay.push(this.#post(severity, message, false));
  }

  #post(severity: Severity, message: string, ephemeral: boolean): Promise<void> {
    const sent = new Promise<void>((resolve) => {
      resolve(this.#send(this.#row, severity, message, ephemeral));
    });
    return sent.catch(() => undefined);
  }
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
 * Connects to the engine's log service, whose address is the last argument of the host process
 * (`pulumirpc.Engine.Log`). Without a usable address, as in tests, nothing is shown.
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
    return new Promise((resolve) => client.log(request, () => resolve()));
  };
}
