/** Foreign text without control and direction characters, which could rewrite a terminal or a log. */
export function printable(text: string, limit = 1000): string {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")
    .trim()
    .slice(0, limit);
}

/** Foreign text in quotation marks, as an error names it. */
export function quoted(text: string, limit = 200): string {
  return JSON.stringify(printable(text, limit));
}

/** Beyond this a value is cut: the place where it stands is named beside it. */
const LONGEST_SHOWN = 80;

/** What a user wrote, in quotation marks, as the message about it shows it. */
export function asWritten(value: unknown): string {
  // Programs without a compiler give anything, mostly `undefined`.
  return typeof value === "string" ? JSON.stringify(shortened(value)) : shortened(String(value));
}

export function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
