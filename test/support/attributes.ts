import type { Attributes } from "../../provider/registry/attributes.js";

/** The attributes of an unrestricted tag or manifest. */
export const OPEN: Attributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

/** The attributes of a tag or manifest under `lock: true`. */
export const LOCKED: Attributes = { ...OPEN, deleteEnabled: false, writeEnabled: false };
