import { sha256 } from "../content.js";
import type { RecordedExchange, Session } from "./recording.js";

const digestPattern = /sha256:[0-9a-f]{64}/g;

/**
 * What was uploaded in the recorded run. The report has manifests whole, but of most blobs the size only. Where the bytes
 * cannot be found, others of the same size stand in for them; then the digest, and with it the manifests that name it
 * and their digests, are other ones, too. Everything keeps its length.
 */
export class RecordedContent {
  private readonly blobs = new Map<string, Buffer>();
  private readonly manifests = new Map<string, Buffer>();
  private readonly translated = new Map<string, string>();

  constructor(sessions: readonly Session[]) {
    const exchanges = sessions.flatMap((session) => session.exchanges);
    const texts = [...knownTexts, ...exchanges.flatMap(textsIn)];
    for (const text of texts) this.addIfKnown(text);
    for (const [digest, size] of uploadedSizes(exchanges)) {
      if (!this.blobs.has(digest)) this.standIn(digest, size);
    }
  }

  /** The bytes that are sent for a recorded digest. */
  bytes(recorded: string): Buffer {
    const manifest = this.manifests.get(recorded);
    const bytes = this.blobs.get(recorded) ?? (manifest && this.translatedBytes(manifest));
    if (bytes === undefined) throw new Error(`The recordings have no content for ${recorded}.`);
    return bytes;
  }

  /** Recorded digests in a text become those of the bytes that are sent. */
  translate(text: string): string {
    return text.replaceAll(digestPattern, (digest) => this.digest(digest));
  }

  translatedBytes(manifest: Buffer): Buffer {
    return Buffer.from(this.translate(manifest.toString("utf8")));
  }

  private digest(recorded: string): string {
    const known = this.translated.get(recorded);
    if (known !== undefined) return known;
    const manifest = this.manifests.get(recorded);
    const digest = manifest === undefined ? recorded : sha256(this.translatedBytes(manifest));
    this.translated.set(recorded, digest);
    return digest;
  }

  private addIfKnown(text: Buffer): void {
    const digest = sha256(text);
    if (/"schemaVersion"/.test(text.toString("latin1"))) this.manifests.set(digest, text);
    else this.blobs.set(digest, text);
  }

  private standIn(recorded: string, size: number): void {
    const bytes = Buffer.alloc(size, recorded);
    this.blobs.set(recorded, bytes);
    this.translated.set(recorded, sha256(bytes));
  }
}

/** Blobs of the conformance program that appear in no answer. */
const knownTexts = [
  "{}",
  "NHL Peanut Butter on my NHL bagel",
  "NBA Strawberry Jam on my NBA croissant",
].map((text) => Buffer.from(text));

/** Texts that an exchange may show in full; only those with a digest in use are sent. */
function textsIn({ request, response }: RecordedExchange): Buffer[] {
  const texts: Buffer[] = [];
  const manifest = manifestBody(request.body);
  if (manifest !== undefined) texts.push(manifest, ...dataFields(manifest));
  if (response.body !== null) texts.push(Buffer.from(response.body), ...reindented(response.body));
  return texts;
}

export function manifestBody(body: string | null): Buffer | undefined {
  return body?.startsWith('"') === true
    ? Buffer.from(JSON.parse(body) as string, "base64")
    : undefined;
}

/** `data` of descriptors is their content (OCI image-spec 1.1, descriptor.md). */
function dataFields(manifest: Buffer): Buffer[] {
  const found = manifest.toString("utf8").matchAll(/"data": ?"([^"]*)"/g);
  return [...found].map(([, data = ""]) => Buffer.from(data, "base64"));
}

/** The report indents JSON by three blanks, the conformance program writes it with tabs. */
function reindented(body: string): Buffer[] {
  return body.startsWith("{\n") ? [Buffer.from(JSON.stringify(JSON.parse(body), null, "\t"))] : [];
}

/** The size of each blob that was uploaded: of one body, or of the chunks of its session. */
function uploadedSizes(exchanges: readonly RecordedExchange[]): Map<string, number> {
  const sizes = new Map<string, number>();
  const chunks = new Map<string, number>();
  for (const { request, response } of exchanges) {
    const session = uploadOf(request.path) ?? "";
    const size = bodySize(request.body);
    if (request.method === "PATCH" && response.status === 202) {
      chunks.set(session, (chunks.get(session) ?? 0) + size);
    }
    const digest = digestParameter(request.path);
    if (digest !== undefined && response.status === 201) {
      sizes.set(digest, size > 0 ? size : (chunks.get(session) ?? 0));
    }
  }
  return sizes;
}

export function digestParameter(path: string): string | undefined {
  const query = path.split("?")[1] ?? "";
  return new URLSearchParams(query).get("digest") ?? undefined;
}

export function uploadOf(path: string): string | undefined {
  return /\/blobs\/uploads\/([0-9a-f-]{36})/.exec(path)?.[1];
}

export function bodySize(body: string | null): number {
  return Number(/size - (\d+)/.exec(body ?? "")?.[1] ?? 0);
}
