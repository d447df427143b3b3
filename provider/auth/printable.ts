/** Foreign text without control and direction characters, which could rewrite a terminal or a log. */
export function printable(text: string, limit = 1000): string {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")
    .trim()
    .slice(0, limit);
}
