import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Authorizer } from "../../../provider/auth/authorizer.js";
import { AccessWait } from "../../../provider/http/accessWait.js";
import { systemClock as clock } from "../../../provider/http/clock.js";
import { connections } from "../../../provider/http/connectionPolicy.js";
import { createPipeline } from "../../../provider/http/createPipeline.js";
import { DEFAULT_RETRY } from "../../../provider/http/retryDelay.js";
import { ThrottleGate } from "../../../provider/http/throttleGate.js";

describe("createPipeline", () => {
  it("has only our own policies, in this order", () => {
    const endpoint = { loginServer: "r.azurecr.io", origin: "https://r.azurecr.io" };
    const random = Math.random;
    const held = connections({ maxConcurrency: 1, caCertificate: undefined });
    const pipeline = createPipeline({
      endpoint,
      authorizer: new Authorizer({
        endpoint,
        credential: { kind: "anonymous" },
        send: () => Promise.reject(new Error("not here")),
        now: () => clock.now(),
      }),
      clock,
      userAgent: "test",
      idleTimeoutMs: 1,
      allowedRedirectHosts: [],
      retry: {
        limits: DEFAULT_RETRY,
        clock,
        random,
        access: new AccessWait(clock, 0),
        forgetTokens: () => undefined,
      },
      limiter: {
        gate: new ThrottleGate(),
        clock,
        random,
        retry: DEFAULT_RETRY,
        maxConcurrency: 1,
        requestsPerMinute: undefined,
        requestRates: undefined,
      },
      connections: held,
    });
    held.close();
    assert.deepEqual(
      pipeline.getOrderedPolicies().map(({ name }) => name),
      [
        "acrTelemetry",
        "acrRetry",
        "acrAnswer",
        "acrRedirect",
        "acrAuthorization",
        "acrSource",
        "acrLimiter",
        "acrLog",
        "acrConnection",
        "acrGuard",
      ],
    );
  });
});
