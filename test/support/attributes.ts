import type { Attributes } from "../../provider/registry/attributes.js";

/** The attributes of what nobody has restricted. */
export const OPEN: Attributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

/** The attributes of what `lock: true` has closed. */
export const LOCKED: Attributes = { ...OPEN, deleteEnabled: false, writeEnabled: false };
