/**
 * Untrusted text without control and direction characters, which could manipulate a terminal or a log.
 */
export function printable(text: string, limit = 1000): string {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")
    .trim()
    .slice(0, limit);
}

/** Untrusted text in quotation marks, for an error. */
export function quoted(text: string, limit = 200): string {
  return JSON.stringify(printable(text, limit));
}

/** Longer values are cut; the message names their property. */
const LONGEST_SHOWN = 80;

/** A user's value, in quotation marks, for a message about it. */
export function asWritten(value: unknown): string {
  // JavaScript programs may pass any type, most often `undefined`.
  return typeof value === "string" ? JSON.stringify(shortened(value)) : shortened(String(value));
}

export function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
