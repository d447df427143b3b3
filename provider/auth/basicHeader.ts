/** The `Authorization` header of Basic authentication (RFC 7617), in UTF-8. */
export function basicHeader(credential: {
  readonly username: string;
  readonly password: string;
}): string {
  const pair = `${credential.username}:${credential.password}`;
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}
