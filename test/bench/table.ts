/** `undefined` if the value is unknown or meaningless here. */
export type Cell = string | number | undefined;

/** Prints aligned columns: words to the left, figures to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const text = rows.map((row) => row.map((cell) => (cell === undefined ? "-" : String(cell))));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...text.map((row) => row[column]?.length ?? 0)),
  );
  const isWord = header.map((_, column) => text.some((row) => /[a-z]/.test(row[column] ?? "")));
  for (const row of [header, ...text]) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isWord[column] === true ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(cells.join("  ").trimEnd());
  }
}
