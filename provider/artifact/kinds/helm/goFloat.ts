/**
 * A number with a fraction, as Helm's YAML reader converts it to a string: the shortest text that gives
 * the same 32-bit float (Go, `strconv.FormatFloat(value, 'g', -1, 32)`). So an unquoted `appVersion` of
 * `1.10` becomes "1.1".
 */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? "+Inf" : "-Inf";
  const digits = shortest(single);
  const [mantissa = "0", exponent = "0"] = digits.split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return plain(digits);
  const sign = power < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Nine digits distinguish any two 32-bit floats (IEEE 754). */
function shortest(single: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const written = single.toExponential(digits);
    if (Math.fround(Number(written)) === single) return written;
  }
  return single.toExponential(8);
}

function plain(digits: string): string {
  return String(Number(digits));
}
