import type { ManifestStore } from "../../registry/repository.js";
import { isRefusal } from "../failures.js";

/**
 * The same store, which calls `note` when a manifest was put, or may have been because the registry did
 * not refuse it.
 */
export function noteManifests(manifests: ManifestStore, note: () => void): ManifestStore {
  return {
    resolve: (reference, options) => manifests.resolve(reference, options),
    fetch: (reference, options) => manifests.fetch(reference, options),
    delete: (digest, options) => manifests.delete(digest, options),
    push: async (manifest, options) => {
      try {
        const answer = await manifests.push(manifest, options);
        note();
        return answer;
      } catch (error) {
        if (!isRefusal(error)) note();
        throw error;
      }
    },
  };
}
