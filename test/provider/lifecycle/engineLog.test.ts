import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type SinonFakeTimers, useFakeTimers } from "sinon";
import {
  connectEngineLog,
  type EngineLog,
  OperationLog,
  type SendLog,
} from "../../../provider/lifecycle/engineLog.js";
import { Host } from "../../../provider/lifecycle/host.js";
import { ScriptedEngine } from "./scriptedEngine.js";

const URN = "urn:pulumi:stack::project::pulumi-nodejs:dynamic/acr:OciArtifact::app";

describe("the log of an operation", () => {
  const rows: readonly (readonly [unknown, string, string])[] = [
    [URN, URN, "a resource"],
    [
      "urn:pulumi:stack::project::my:mod:Component$pulumi-nodejs:dynamic/acr:TagLock::lock",
      "urn:pulumi:stack::project::my:mod:Component$pulumi-nodejs:dynamic/acr:TagLock::lock",
      "a resource with a parent",
    ],
    [`${URN} with :: and\nmore`, `${URN} with :: and\nmore`, "a name with anything in it"],
    [undefined, "", "no URN"],
    [42, "", "no text"],
    ["", "", "an empty text"],
    ["app", "", "a name"],
    ["urn:pulumi:stack::project", "", "a part of a URN"],
    ["urn:pulumi:stack::project::type::", "", "a URN without a name"],
    ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "", "a value that is not known"],
  ];
  for (const [urn, row, what] of rows) {
    it(`of ${what} goes to the ${row === "" ? "stack's" : "resource's"} row`, () => {
      const sent: unknown[][] = [];
      const log = new OperationLog(urn, (...message) => void sent.push(message));
      log.info("kept");
      log.warn("beware");
      log.status("passing");
      assert.deepEqual(sent, [
        [row, "info", "kept", false],
        [row, "warning", "beware", false],
        [row, "info", "passing", true],
      ]);
    });
  }

  it("never fails, whatever becomes of a message", async () => {
    const failures: SendLog[] = [
      () => {
        throw new Error("no connection");
      },
      () => Promise.reject(new Error("no engine")),
    ];
    for (const send of failures) {
      const log = new OperationLog(URN, send);
      log.info("kept");
      log.status("passing");
      await log.delivered();
    }
  });

  describe("in an engine that takes its time", () => {
    let clock: SinonFakeTimers;
    beforeEach(() => {
      clock = useFakeTimers();
    });
    afterEach(() => {
      clock.restore();
    });

    const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const waits: readonly (readonly [string, (log: EngineLog) => void, number])[] = [
      ["nothing was said", () => undefined, 0],
      [
        "only a passing status was said",
        (log) => {
          log.status("passing");
        },
        0,
      ],
      [
        "two messages were said",
        (log) => {
          log.info("kept");
          log.warn("beware");
        },
        400,
      ],
    ];
    for (const [what, say, expected] of waits) {
      it(`the operation answers ${expected} ms later if ${what}`, async () => {
        const answered = answerTime(() => later(400), say);
        await clock.runAllAsync();
        assert.equal(await answered, expected);
      });
    }

    it("the operation answers after a second if the engine never takes a message", async () => {
      const answered = answerTime(
        () => new Promise<void>(() => undefined),
        (log) => {
          log.info("kept");
        },
      );
      await clock.runAllAsync();
      assert.equal(await answered, 1_000);
    });

    async function answerTime(send: SendLog, say: (log: EngineLog) => void): Promise<number> {
      const host = new Host({ environment: () => undefined, sendLog: send, directory: "." });
      await host.run({ __urn: URN }, ({ log }) => {
        say(log);
        return Promise.resolve();
      });
      return Date.now();
    }
  });
});

describe("the connection to the engine's log", () => {
  let engine: ScriptedEngine;
  beforeEach(async () => {
    engine = await ScriptedEngine.start();
  });
  afterEach(() => {
    engine.close();
  });

  it("is found in the last argument, and settles when the engine has the message", async () => {
    const send = connectEngineLog(["node", "dynamic-provider", "-v=9", engine.address]);
    await send(URN, "warning", "beware", false);
    await send("", "info", "passing", true);
    const { LogSeverity } = engine.messages;
    assert.deepEqual(engine.received, [
      { urn: URN, severity: LogSeverity.WARNING, message: "beware", ephemeral: false },
      { urn: "", severity: LogSeverity.INFO, message: "passing", ephemeral: true },
    ]);
  });

  it("settles when nobody listens there any more", async () => {
    const send = connectEngineLog([engine.address]);
    engine.close();
    await send(URN, "info", "lost", false);
    assert.deepEqual(engine.received, []);
  });

  for (const argv of [[], ["node", "script.js"], ["node", "/path:1"], ["127.0.0.1:"]]) {
    it(`is silent without an address: ${JSON.stringify(argv)}`, async () => {
      await connectEngineLog(argv)(URN, "info", "lost", false);
    });
  }
});
