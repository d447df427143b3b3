const UNITS = [
  ["TiB", 1024 ** 4],
  ["GiB", 1024 ** 3],
  ["MiB", 1024 * 1024],
  ["KiB", 1024],
] as const;

/** A number of bytes for display: `1.2 GiB`, `4.5 KiB`, `233 B`. */
export function formatSize(bytes: number): string {
  const [unit, size] = unitOf(bytes);
  return `${inUnit(bytes, size)} ${unit}`;
}

/** A part of a whole, both in the unit of the whole: `12.3 of 40.0 MiB`. */
export function formatShare(bytes: number, total: number): string {
  const [unit, size] = unitOf(total);
  return `${inUnit(bytes, size)} of ${inUnit(total, size)} ${unit}`;
}

/** The unit to show a number in. What would be rounded to 1024.0 of one unit is 1.0 of the next. */
function unitOf(bytes: number): readonly [string, number] {
  return UNITS.find(([, size]) => bytes >= size * (1 - 0.05 / 1024)) ?? ["B", 1];
}

function inUnit(bytes: number, size: number): string {
  return size === 1 ? String(Math.round(bytes)) : (bytes / size).toFixed(1);
}
