import { ProtocolError } from "../errors.js";

/** Reads a document that the registry served; what is wrong with it is told with where it came from. */
export function served<T>(operation: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(`${operation}: ${error.message}`, { cause: error });
  }
}
