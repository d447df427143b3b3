import { InputError } from "../../errors.js";
import { asWritten } from "../../oci/printable.js";

const MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * A hundred years. A longer age is a typing mistake, and far below where dates overflow
 * (Azure/acr-cli#560).
 */
const LONGEST_MS = 36_525 * 86_400_000;

/** Parses an age such as `90m`, `12h`, `30d` or `2w` to milliseconds. */
export function parseAge(written: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d{0,9})([mhdw])$/.exec(written) ?? [];
  const factor = MS[unit];
  if (factor === undefined) {
    throw new InputError(
      "keepNewerThan",
      `${asWritten(written)} is not an age: expected a whole number and m, h, d or w for minutes, hours, days ` +
        `or weeks, for example "30d"`,
    );
  }
  const ms = Number(count) * factor;
  if (ms <= LONGEST_MS) return ms;
  throw new InputError(
    "keepNewerThan",
    `${asWritten(written)} is longer than a hundred years: leave keepNewerThan out if age does not matter`,
  );
}
