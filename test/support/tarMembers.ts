/** Malformed members of archives. */
export interface MemberFields {
  readonly name?: string | Buffer;
  /** Type flag; default: "5" for a name that ends in a slash, else "0". */
  readonly type?: string;
  readonly body?: string | Uint8Array;
  /** The size field; default: the length of the body, in octal. */
  readonly size?: string | Buffer;
  readonly mode?: number;
  readonly link?: string;
  readonly prefix?: string;
  /** `ustar\0`, or GNU's `ustar  `, or nothing. */
  readonly magic?: string;
  readonly checksum?: number;
}

const BLOCK = 512;

/** One member: header, body and padding. */
export function member(fields: MemberFields): Buffer {
  const body = Buffer.from(fields.body ?? "");
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return Buffer.concat([header(fields, body.length), body, padding]);
}

function header(fields: MemberFields, length: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const name = Buffer.from(fields.name ?? "data/file");
  name.copy(block, 0, 0, 100);
  block.write(`${(fields.mode ?? 0o644).toString(8).padStart(7, "0")}\0`, 100, "latin1");
  const size = fields.size ?? `${length.toString(8).padStart(11, "0")}\0`;
  Buffer.from(size as string, "latin1").copy(block, 124, 0, 12);
  block.write(fields.type ?? (name.at(-1) === 0x2f ? "5" : "0"), 156, "latin1");
  block.write(fields.link ?? "", 157, "utf8");
  block.write(fields.magic ?? "ustar\u000000", 257, "latin1");
  block.write(fields.prefix ?? "", 345, "utf8");
  block.fill(0x20, 148, 156);
  const sum = fields.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** An extended header of these records. */
export function pax(records: Readonly<Record<string, string>>, type = "x"): Buffer {
  const body = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return member({ name: "PaxHeaders.0/x", type, body: body.join("") });
}

export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** GNU's way to write a name of more than 100 bytes. */
export function longName(name: string): Buffer {
  return member({ name: "././@LongLink", type: "L", body: `${name}\0`, magic: "ustar  " });
}

/** The members and the two blocks of zeros that end an archive. */
export function tar(...members: readonly (MemberFields | Buffer)[]): Buffer {
  const parts = members.map((one) => (Buffer.isBuffer(one) ? one : member(one)));
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
