/** A binary that could not be read. The caller adds which one. */
export class WasmFormError extends Error {}

/**
 * The names in the import section of a component (WebAssembly/component-model, Binary.md, "Import and
 * Export Definitions"): `vec(externname externdesc)`.
 */
export function importNames(section: Buffer): readonly string[] {
  const cursor = new Cursor(section);
  return cursor.vector(() => {
    const name = externName(cursor);
    skipDescription(cursor);
    return name;
  });
}

/** The names in the export section: `vec(externname sortidx externdesc?)`. */
export function exportNames(section: Buffer): readonly string[] {
  const cursor = new Cursor(section);
  return cursor.vector(() => {
    const name = externName(cursor);
    skipSort(cursor);
    cursor.number();
    if (cursor.byte() === 1) skipDescription(cursor);
    return name;
  });
}

/**
 * A name. Forms 0 and 1 have nothing else; form 2 is followed by options, each with a tag and a name.
 */
function externName(cursor: Cursor): string {
  const form = cursor.byte();
  if (form > 2) throw unknown("name", form);
  const name = cursor.text();
  if (form === 2) {
    cursor.vector(() => {
      cursor.byte();
      cursor.text();
    });
  }
  return name;
}

const CORE_MODULE = 0x11;

function skipSort(cursor: Cursor): void {
  const sort = cursor.byte();
  if (sort === 0) cursor.byte();
  else if (sort > 5) throw unknown("sort", sort);
}

function skipDescription(cursor: Cursor): void {
  const kind = cursor.byte();
  switch (kind) {
    case 0: {
      const core = cursor.byte();
      if (core !== CORE_MODULE) throw unknown("core sort", core);
      cursor.number();
      return;
    }
    // A value or type has a bound and, except for "any type", what it is bound to.
    case 2:
    case 3:
      if (cursor.byte() === 0 || kind === 2) cursor.number();
      return;
    case 1:
    case 4:
    case 5:
      cursor.number();
      return;
    default:
      throw unknown("description", kind);
  }
}

function unknown(what: string, value: number): WasmFormError {
  return new WasmFormError(
    `an import or export has a ${what} (0x${value.toString(16)}) that is not known here`,
  );
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new WasmFormError("a section ends too early");
    return byte;
  }

  /** LEB128 of at most 33 bits; the sign does not matter here. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WasmFormError("a number in a section is malformed");
  }

  text(): string {
    const length = this.number();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WasmFormError("a section ends too early");
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end;
    return text;
  }

  vector<T>(read: () => T): readonly T[] {
    const length = this.number();
    if (length > this.#bytes.length) throw new WasmFormError("a section ends too early");
    return Array.from({ length }, read);
  }
}
