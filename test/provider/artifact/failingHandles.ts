import { open } from "node:fs/promises";

type Method = (this: object, ...args: never[]) => Promise<unknown>;
type Methods = Readonly<Record<string, Method>>;

/** Node's own methods, in the overloads with a position. */
interface Own {
  readonly read: Transfer;
  readonly write: Transfer;
  readonly close: () => Promise<void>;
}

type Transfer = (
  this: object,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<unknown>;

/** Runs while some methods of all file handles are replaced; the replacements get Node's own. */
export async function withHandles<T>(
  methods: (own: Own) => Methods,
  run: () => Promise<T>,
): Promise<T> {
  const handle = await open(__filename);
  const prototype = Object.getPrototypeOf(handle) as Record<string, unknown> & Own;
  await handle.close();
  const { read, write, close } = prototype;
  const replaced = methods({ read, write, close });
  const before = Object.keys(replaced).map((name) => [name, prototype[name]] as const);
  Object.assign(prototype, replaced);
  try {
    return await run();
  } finally {
    Object.assign(prototype, Object.fromEntries(before));
  }
}

/** A disk that writes at most this many bytes at once. */
export function inPieces(size: number): (own: Own) => Methods {
  return ({ write }) => ({
    writev([chunk]: Uint8Array[], position: number) {
      const bytes = chunk?.subarray(0, size) ?? new Uint8Array();
      return write.call(this, bytes, 0, bytes.length, position);
    },
  });
}

/** The descriptor is closed all the same, as after a failed `close` of the system. */
export function closedThenFailing({ close }: Own): Methods {
  return {
    async close() {
      await close.call(this);
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    },
  };
}

/** A disk that returns a thousand bytes of the next read and then no more of that file. */
export function losing({ read }: Own): Methods {
  let calls = 0;
  return {
    read(buffer: Buffer, offset: number, length: number, position: number) {
      calls += 1;
      if (calls === 2) return Promise.resolve({ bytesRead: 0, buffer });
      return read.call(this, buffer, offset, calls === 1 ? 1000 : length, position);
    },
  };
}
