import { ProtocolError } from "../errors.js";

/** Parses a document from the registry. An error says which operation the document came from. */
export function parseServed<T>(operation: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(`${operation}: ${error.message}`, { cause: error });
  }
}
