import { parseDocument } from "yaml";
import { InputError } from "../../../errors.js";
import type { SourceNames } from "../../../tar/sourceFailure.js";
import { goFloat } from "./goFloat.js";

/** Parses a document that must be an object. Pure. */
export function parseYamlObject(text: string, names: SourceNames): YamlFields {
  const document = parseDocument(text, { intAsBigInt: true, merge: true, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw failure(names, `it is not YAML: ${error.message}`, error);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (cause) {
    throw failure(names, "its aliases cannot be resolved", cause);
  }
  if (!isObject(value)) throw failure(names, "it is not an object of names and values");
  return new YamlFields(value, names, "");
}

/**
 * Reads members of an object as Helm does: a number or boolean becomes a string where one is expected
 * (kubernetes-sigs/yaml, `convertToJSONableObject`), `null` counts as absent, and unknown names are
 * ignored.
 */
export class YamlFields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #names: SourceNames;
  readonly #path: string;

  constructor(value: Readonly<Record<string, unknown>>, names: SourceNames, path: string) {
    this.#value = value;
    this.#names = names;
    this.#path = path;
  }

  text(name: string): string | undefined {
    return this.#read(name, "a text", textOf);
  }

  texts(name: string): readonly string[] | undefined {
    return this.#list(name, "a list of strings", textOf);
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, "true or false", (value) =>
      typeof value === "boolean" ? value : undefined,
    );
  }

  textsByName(name: string): Readonly<Record<string, string>> | undefined {
    return this.#read(name, "strings by name", (value) => {
      if (!isObject(value)) return undefined;
      const entries = Object.entries(value).map(([key, of]) => [
        key,
        of === null ? "" : textOf(of),
      ]);
      if (entries.some(([, of]) => of === undefined)) return undefined;
      return Object.fromEntries(entries) as Readonly<Record<string, string>>;
    });
  }

  objects(name: string): readonly YamlFields[] | undefined {
    return this.#list(name, "a list of objects", (value, index) =>
      isObject(value)
        ? new YamlFields(value, this.#names, `${this.#path}${name}[${index}].`)
        : undefined,
    );
  }

  /** A list with values of any type. */
  values(name: string): readonly unknown[] | undefined {
    return this.#read(name, "a list", (value) => (Array.isArray(value) ? value : undefined));
  }

  failure(reason: string): InputError {
    return failure(this.#names, reason);
  }

  #list<T>(
    name: string,
    what: string,
    read: (value: unknown, index: number) => T | undefined,
  ): readonly T[] | undefined {
    return this.#read(name, what, (value) => {
      if (!Array.isArray(value)) return undefined;
      const items = value.map(read);
      return items.includes(undefined) ? undefined : (items as T[]);
    });
  }

  #read<T>(name: string, what: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = this.#value[name];
    if (value === undefined || value === null) return undefined;
    const found = read(value);
    if (found !== undefined) return found;
    throw this.failure(`its ${this.#path}${name} is not ${what}`);
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  return typeof value === "number" ? goFloat(value) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failure(names: SourceNames, reason: string, cause?: unknown): InputError {
  const message = `${names.shownPath}: ${reason}`;
  return new InputError(names.property ?? "content", message, { cause });
}
