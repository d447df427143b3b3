/** An unsigned token in the form of Entra's and ACR's; valid for an hour by default. */
export function sign(claims: object, seconds = 3600): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: "none" })}.${part({ iat: now, exp: now + seconds, ...claims })}.c2lnbmVk`;
}
