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
