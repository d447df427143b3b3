import { type Answer, errorAnswer, jsonAnswer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { Faults } from "../faults.js";
import type { Journal } from "../journal.js";
import type { Entra } from "../tokens/entra.js";
import { refusal } from "./controlAccess.js";

/** What the control API shows and changes. */
export interface Controlled {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly entra: Entra;
  readonly openUploads: () => number;
  readonly about: () => object;
}

const largestBody = 1024 * 1024;

/**
 * Journal, faults and tokens under `/_emulator/`, for programs in any language. Requests to it are not in
 * the journal.
 */
export class ControlService {
  constructor(private readonly controlled: Controlled) {}

  async answer(request: ReceivedRequest): Promise<Answer> {
    const refused = refusal(request);
    if (refused !== undefined) return problem(403, refused);
    const { journal, faults, openUploads, about } = this.controlled;
    const { method, path } = request;
    const id = /^\/_emulator\/faults\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined) return this.oneFault(method, Number(id));
    switch (`${method} ${path}`) {
      case "GET /_emulator":
      case "GET /_emulator/":
        return jsonAnswer(200, { ...about(), openUploads: openUploads() });
      case "GET /_emulator/journal":
        return jsonAnswer(200, { dropped: journal.dropped, entries: journal.entries });
      case "DELETE /_emulator/journal":
        journal.clear();
        return nothing;
      case "GET /_emulator/faults":
        return this.listFaults();
      case "POST /_emulator/faults":
        return this.addFault(request);
      case "DELETE /_emulator/faults":
        faults.clear();
        return nothing;
      case "POST /_emulator/entra/tokens":
        return this.issueToken(request);
      default:
        return problem(404, `There is no ${method} ${path}; docs/emulator.md lists what there is.`);
    }
  }

  private async listFaults(): Promise<Answer> {
    const { faultShape } = await import("./faultRule.js");
    return jsonAnswer(200, { faults: this.controlled.faults.list.map(faultShape) });
  }

  private async addFault(request: ReceivedRequest): Promise<Answer> {
    // The schema library is slow to load, so it is loaded only when needed.
    const { faultShape, parseFaultRule } = await import("./faultRule.js");
    const json = await readJson(request);
    if (json === undefined) return problem(400, "The body is not JSON, or longer than 1 MiB.");
    const rule = parseFaultRule(json);
    if (typeof rule === "string") return problem(400, rule);
    const fault = this.controlled.faults.add(rule);
    const headers = { Location: `/_emulator/faults/${String(fault.id)}` };
    return jsonAnswer(201, faultShape(fault), headers);
  }

  private async oneFault(method: string, id: number): Promise<Answer> {
    const fault = this.controlled.faults.list.find((one) => one.id === id);
    if (fault === undefined) return problem(404, `There is no fault ${String(id)}.`);
    if (method === "DELETE") {
      fault.remove();
      return nothing;
    }
    if (method !== "GET") return problem(405, "A fault is read or deleted.");
    const { faultShape } = await import("./faultRule.js");
    return jsonAnswer(200, faultShape(fault));
  }

  private async issueToken(request: ReceivedRequest): Promise<Answer> {
    const { parseTokenOptions } = await import("./tokenOptions.js");
    const json = await readJson(request);
    if (json === undefined) return problem(400, "The body is not JSON, or longer than 1 MiB.");
    const options = parseTokenOptions(json);
    if (typeof options === "string") return problem(400, options);
    return jsonAnswer(201, { access_token: await this.controlled.entra.issueToken(options) });
  }
}

const nothing: Answer = { status: 204, headers: {} };

function problem(status: number, message: string): Answer {
  return errorAnswer(status, { code: "EMULATOR_CONTROL", message });
}

/** An empty body counts as an empty object. */
async function readJson({ body }: ReceivedRequest): Promise<unknown> {
  const bytes = await body.upTo(largestBody);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
