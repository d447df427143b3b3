import { after, afterEach, before } from "mocha";
import { startEmulator, type Emulator, type EmulatorOptions } from "pulumi-acr/emulator";
import { RegistryClient, type RegistryClientOptions } from "../../provider/registry/index.js";

/** An emulator for the tests of one `describe`; every test begins with an empty journal and no fault. */
export class EmulatorUnderTest {
  #emulator: Emulator | undefined;
  readonly #clients: RegistryClient[] = [];

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error("the emulator runs only while tests do");
    return this.#emulator;
  }

  async start(options: EmulatorOptions): Promise<void> {
    this.#emulator = await startEmulator(options);
  }

  async stop(): Promise<void> {
    await this.#emulator?.close();
  }

  /** A client as its admin user, with short waits. */
  client(options: RegistryClientOptions = {}): RegistryClient {
    const { url, credentials } = this.emulator;
    const client = new RegistryClient(url, {
      credential: { kind: "token", ...credentials },
      retry: { baseDelayMs: 1, maxDelayMs: 20 },
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  reset(): void {
    this.emulator.faults.clear();
    this.emulator.journal.clear();
    for (const client of this.#clients.splice(0)) client.close();
  }

  /** Requests so far, without those for tokens. */
  get requests(): readonly string[] {
    return this.emulator.journal.entries
      .filter(({ path }) => !path.startsWith("/oauth2/"))
      .map(({ server, method, path }) => (server === "storage" ? "storage" : `${method} ${path}`));
  }

  /** Methods of the requests so far, without those for tokens. */
  get methods(): string {
    return this.requests.map((request) => request.split(" ")[0]).join(" ");
  }

  get tokenRequests(): number {
    return this.emulator.journal.entries.filter(({ path }) => path.startsWith("/oauth2/")).length;
  }
}

export function emulatorForSuite(options: EmulatorOptions = {}): EmulatorUnderTest {
  const subject = new EmulatorUnderTest();
  before(() => subject.start(options));
  afterEach(() => subject.reset());
  after(() => subject.stop());
  return subject;
}
