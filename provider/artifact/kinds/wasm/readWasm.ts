import { InputError } from "../../../errors.js";
import { ByteReader } from "../../../tar/byteReader.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";
import { exportNames, importNames, WasmFormError } from "./externNames.js";

/** The imports and exports of a component, by name. */
export interface WasmInterface {
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** `\0asm`, version 1 (WebAssembly core specification, section 5.5.16). */
const MODULE = Buffer.from("0061736d01000000", "hex");
/** `\0asm`, version 13, layer 1 (WebAssembly/component-model, Binary.md). */
const COMPONENT = Buffer.from("0061736d0d000100", "hex");

const IMPORT_SECTION = 10;
const EXPORT_SECTION = 11;
/** Sections with names are small; a larger one is not valid. */
const SECTION_LIMIT = 4 * 1024 * 1024;

/** The interface of a component; `undefined` for a core module. Only the names are kept in memory. */
export async function readWasm(file: SourceFile): Promise<WasmInterface | undefined> {
  const reader = new ByteReader(readSourceFile(file));
  try {
    const preamble = await reader.exactly(Math.min(file.size, COMPONENT.length));
    if (preamble?.equals(MODULE) === true) return undefined;
    if (preamble?.equals(COMPONENT) === true) return await readSections(reader, file.size);
    throw new WasmFormError(faultOf(preamble));
  } catch (error) {
    if (!(error instanceof WasmFormError)) throw error;
    throw new InputError(
      file.property ?? "content.wasmComponent.file",
      `${file.shownPath} cannot be published: ${error.message}`,
    );
  } finally {
    await reader.close();
  }
}

function faultOf(preamble: Buffer | undefined): string {
  if (preamble?.subarray(0, 4).equals(MODULE.subarray(0, 4)) !== true) {
    return "it is not WebAssembly: the file does not begin with \\0asm. Give the .wasm, not its text or its source";
  }
  return `it is of a version of WebAssembly that is not known here: ${preamble.subarray(4).toString("hex")}`;
}

async function readSections(reader: ByteReader, fileSize: number): Promise<WasmInterface> {
  const exports: string[] = [];
  const imports: string[] = [];
  for (;;) {
    const id = (await reader.exactly(1))?.[0];
    if (id === undefined) return { exports, imports };
    const size = await readSize(reader, fileSize);
    if (id !== IMPORT_SECTION && id !== EXPORT_SECTION) {
      await reader.skip(size);
      continue;
    }
    if (size > SECTION_LIMIT) throw new WasmFormError("it has too many imports or exports");
    const section = Buffer.from(await reader.required(size));
    if (id === IMPORT_SECTION) imports.push(...importNames(section));
    else exports.push(...exportNames(section));
  }
}

/** LEB128, at most 32 bits. */
async function readSize(reader: ByteReader, most: number): Promise<number> {
  let size = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = (await reader.required(1))[0] ?? 0;
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if (size > most) throw new WasmFormError("a section extends beyond the end of the file");
      return size;
    }
  }
  throw new WasmFormError("the size of a section is malformed");
}
