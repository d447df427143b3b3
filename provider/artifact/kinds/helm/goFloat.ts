/**
 * A number with a fraction as Helm's YAML reader turns it into a text: the shortest that a float of
 * 32 bits is read back from (Go, `strconv.FormatFloat(value, 'g', -1, 32)`). So an `appVersion` that
 * is written `1.10`, without quotes, is "1.1".
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

/** Nine digits tell any two floats of 32 bits apart (IEEE 754). */
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
