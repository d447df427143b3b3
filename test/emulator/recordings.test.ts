import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";

import { type Emulator, startEmulator } from "../../emulator/index.js";
import { ociManifest } from "./content.js";
import { asAdmin } from "./exchange.js";
import { type Difference, differences } from "./recordings/compare.js";
import { RecordedContent } from "./recordings/content.js";
import { type Deliberate, deliberate } from "./recordings/deliberate.js";
import {
  type Session,
  readSessions,
  recordingsFolder,
  sessionCount,
} from "./recordings/recording.js";
import { Replay, endingsOf } from "./recordings/replay.js";

type UnexpectedDifference = Difference & { readonly request: string };

const sessions = readSessions();

if (sessions === undefined) {
  process.stderr.write(
    `left out: the replay of the 74 recorded sessions with the real service; put them where PULUMI_ACR_RECORDINGS says\n`,
  );
} else {
  describe("the recorded sessions with the real service", () => {
    const content = new RecordedContent(sessions);
    const used = new Set<Deliberate>();
    const unexpected = new Map<number, readonly UnexpectedDifference[]>();
    let emulator: Emulator;
    let replay: Replay;

    before(async () => {
      emulator = await startEmulator();
      replay = new Replay(emulator, content, endingsOf(sessions));
      if (sessions.length === sessionCount) await pushWhatTheReportLeftOut(emulator, content);
      // Later sessions use what earlier ones left, so none can be replayed alone.
      for (const session of sessions) unexpected.set(session.number, await replayed(session));
    });
    after(async () => {
      replay.close();
      await emulator.close();
    });

    async function replayed(session: Session): Promise<readonly UnexpectedDifference[]> {
      const found: UnexpectedDifference[] = [];
      for (const recorded of session.exchanges) {
        const answer = await replay.send(recorded, session.number);
        const { method, path } = recorded.request;
        for (const difference of differences(recorded, answer, content, emulator)) {
          const reason = deliberate.find((one) => one.covers(difference));
          if (reason === undefined) found.push({ request: `${method} ${path}`, ...difference });
          else used.add(reason);
        }
      }
      return found;
    }

    it(`are all in ${recordingsFolder().asked ? "the folder that was named" : "their folder"}`, () => {
      const numbers = sessions.map(({ number }) => number);
      assert.deepEqual(
        numbers,
        Array.from({ length: sessionCount }, (_, index) => index + 1),
      );
    });

    for (const { number, title } of sessions) {
      it(`#${String(number)} ${title}`, () => {
        assert.deepEqual(unexpected.get(number), []);
      });
    }

    it("differ in no other way than the list says, and the list says nothing else", () => {
      assert.deepEqual(
        deliberate.filter((one) => !used.has(one)).map(({ reason }) => reason),
        [],
      );
    });
  });
}

/**
 * The set-up of the first workflow pushes two manifests with a config each. The report shows the second of them twice
 * (#1 and #2, #4 and #5) and the first not at all; later sessions read it.
 */
async function pushWhatTheReportLeftOut(
  emulator: Emulator,
  content: RecordedContent,
): Promise<void> {
  const repository = "/v2/ocitest/alltests";
  const config = "sha256:7153cf1749c199b08ec8feebee90bc78b6907d94830d8a7470800ef648c7aa78";
  const layer = "sha256:48acff1d91752e957527c1b5416e7376d910bcacf01b9441175f8c270e35c183";
  const manifest = "sha256:e59fed1ffc716615fdd5084723db47770702f38a0d3beba54fbe62c54a74c383";
  for (const blob of [config, layer]) {
    const path = `${repository}/blobs/uploads/?digest=${content.translate(blob)}`;
    const pushed = await asAdmin(emulator, path, { method: "POST", body: content.bytes(blob) });
    assert.equal(pushed.status, 201);
  }
  const headers = { "content-type": ociManifest };
  const body = content.bytes(manifest);
  const path = `${repository}/manifests/tagtest0`;
  assert.equal((await asAdmin(emulator, path, { method: "PUT", headers, body })).status, 201);
}
