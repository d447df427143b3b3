/** With more wrong letters, a guess would be more confusing than helpful. */
const MOST_EDITS = 2;

/** The name that was probably meant; `undefined` if none is similar. */
export function closestName(written: string, names: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  const near = names
    .map((name) => ({ name, edits: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.min(MOST_EDITS, name.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

/** The Levenshtein distance: how many letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  // Texts that differ more in length cannot be similar, and need no computation.
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let index = 0; index < a.length; index++) {
    const next = [index + 1];
    for (let column = 0; column < b.length; column++) {
      const replaced = at(row, column) + (a[index] === b[column] ? 0 : 1);
      next.push(Math.min(replaced, at(row, column + 1) + 1, at(next, column) + 1));
    }
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
