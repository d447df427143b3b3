/**
 * `pulumi-acr/emulator`: a local Azure Container Registry for tests.
 *
 * @packageDocumentation
 */
export { type Emulator, startEmulator } from "./startEmulator.js";
export type { EmulatorOptions } from "./options.js";
export type { Fault, FaultAction, FaultRule, Faults } from "./faults.js";
export type { Journal, JournalEntry } from "./journal.js";
export type { Entra, EntraTokenOptions } from "./tokens/entra.js";
