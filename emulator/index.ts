/**
 * `pulumi-acr/emulator`: a local Azure Container Registry for tests.
 *
 * Comments in this folder name the source of a behaviour. "C11 #34" is session 34 of the conformance run against the real
 * service (opencontainers/oci-conformance, distribution-spec/v1.1/azurecontainerregistry/report.html). "go SDK", "js SDK"
 * and "python SDK" are the recorded sessions of the tests of Microsoft's libraries (Azure/azure-sdk-assets), with the
 * name of the test.
 *
 * @packageDocumentation
 */
export { type Emulator, startEmulator } from "./startEmulator.js";
export type { EmulatorOptions, RequestCategory, RequestLimits } from "./options.js";
export type { Fault, FaultAction, FaultRule, Faults } from "./faults.js";
export type { Journal, JournalEntry, ServerName } from "./journal.js";
export type {
  EntraApplication,
  EntraManagedIdentity,
  EntraOptions,
  FederatedCredential,
} from "./entra/entraOptions.js";
export type { Cloud, Entra, EntraTokenOptions, ManagedIdentityVariables } from "./tokens/entra.js";
export type { RoleName } from "./tokens/roles.js";
export type { ScopeMapAction, ScopedToken } from "./tokens/scopedTokens.js";
