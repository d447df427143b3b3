import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pushBlobs } from "../../../provider/artifact/pushBlobs.js";
import { memoryBlob } from "../../../provider/oci/memoryBlob.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { RemoteBlobs } from "../../../provider/registry/remoteBlobs.js";
import type { PushOutcome } from "../../../provider/registry/repository.js";
import { uploadSettings } from "../../../provider/registry/uploadSettings.js";
import { ociError, scriptedRegistry } from "../http/scriptedRegistry.js";

describe("a blob that could be mounted", () => {
  it("is sent at once if mounting is refused, even if the client waits for access", async () => {
    const { transport, sent, clock } = scriptedRegistry(
      ({ path }) => (path.includes("mount=") ? ociError(403, "DENIED") : { status: 201 }),
      { waitForAccess: 300 },
    );
    const context = { transport, repository: parseRepositoryName("a"), actions: [] };
    const settings = uploadSettings({ pause: () => assert.fail("nothing fails") });
    const blob = {
      ...memoryBlob(Buffer.from("x"), { mediaType: "text/plain" }),
      mountFrom: parseRepositoryName("b"),
    };
    const outcomes: PushOutcome[] = [];
    const observer = { blobPushed: (_: unknown, outcome: PushOutcome) => outcomes.push(outcome) };
    const start = clock.now();
    await pushBlobs({ blobs: new RemoteBlobs(context, settings) }, [blob], { observer });
    assert.deepEqual(outcomes, ["uploaded"]);
    assert.equal(sent.length, 2);
    assert.equal(clock.now(), start);
  });
});
