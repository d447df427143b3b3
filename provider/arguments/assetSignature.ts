/** The marker of the SDK's assets and archives (`sdk/nodejs/runtime/rpc.ts`). */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Pulumi's word for the value; `undefined` if it is neither an asset nor an archive. */
export function assetName(value: object): "asset" | "archive" | undefined {
  const signature = (value as Readonly<Record<string, unknown>>)[SIGNATURE];
  if (signature === ASSET) return "asset";
  return signature === ARCHIVE ? "archive" : undefined;
}
