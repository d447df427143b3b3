import { createRequire } from "node:module";

interface LogRequest {
  toObject(): { severity: number; message: string; urn: string; ephemeral: boolean };
}
interface Call {
  readonly request: LogRequest;
}
interface Grpc {
  readonly Server: new () => {
    addService(service: unknown, methods: object): void;
    bindAsync(
      address: string,
      credentials: unknown,
      done: (error: Error | null, port: number) => void,
    ): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
}

const load = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc = load("@grpc/grpc-js") as Grpc;
const { EngineService } = load("@pulumi/pulumi/proto/engine_grpc_pb") as {
  readonly EngineService: unknown;
};
const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js") as {
  readonly Empty: new () => object;
};
const messages = load("@pulumi/pulumi/proto/engine_pb") as {
  readonly LogSeverity: Readonly<Record<"INFO" | "WARNING", number>>;
};

/** The engine's log service (`pulumirpc.Engine.Log`), which records its messages. */
export class ScriptedEngine {
  readonly messages = messages;
  readonly received: {
    readonly urn: string;
    readonly severity: number;
    readonly message: string;
    readonly ephemeral: boolean;
  }[] = [];
  readonly #server = new grpc.Server();
  address = "";

  static async start(): Promise<ScriptedEngine> {
    const engine = new ScriptedEngine();
    engine.#server.addService(EngineService, {
      log: ({ request }: Call, answer: (error: null, empty: object) => void) => {
        const { urn, severity, message, ephemeral } = request.toObject();
        engine.received.push({ urn, severity, message, ephemeral });
        answer(null, new Empty());
      },
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
