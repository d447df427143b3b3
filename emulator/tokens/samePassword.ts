import { createHash, timingSafeEqual } from "node:crypto";

/** Compares in constant time, so that timing does not reveal how much of the password is right. */
export function samePassword(left: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(left), hash(right));
}
