/** A token in the form of Entra's and ACR's, which nobody signed; an hour long unless said otherwise. */
export function sign(claims: object, seconds = 3600): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: "none" })}.${part({ iat: now, exp: now + seconds, ...claims })}.c2lnbmVk`;
}
