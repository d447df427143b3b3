/**
 * Bytes that are the same everywhere and for ever: the input of recorded digests.
 * xorshift32 (Marsaglia, 2003), whole numbers only.
 */
export function* numbers(seed: number): Generator<number, never> {
  let state = seed | 0 || 1;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** Bytes without a pattern, like compressed content. */
export function randomBytes(size: number, seed = 1): Buffer {
  const source = numbers(seed);
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = source.next().value >>> 24;
  return bytes;
}

/** Words and line breaks that compress about as source code does. */
export function textBytes(size: number, seed = 1): Buffer {
  const source = numbers(seed);
  const words = Array.from({ length: 512 }, () => {
    const letters = Array.from({ length: 2 + (source.next().value % 8) }, () => {
      return String.fromCharCode(97 + (source.next().value % 26));
    });
    return letters.join("");
  });
  const parts: string[] = [];
  for (let length = 0; length < size;) {
    // The lower of two: some words are more frequent than others, as in any language.
    const index = Math.min(source.next().value % 512, source.next().value % 512);
    const part = `${words[index] ?? ""}${index % 11 === 0 ? "\n" : " "}`;
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join("")).subarray(0, size);
}
