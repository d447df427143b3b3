/**
 * The grammar of names and references (OCI distribution-spec 1.1, "Pulling manifests"). A path that
 * breaks it has no route.
 */
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

export const repositoryPattern = `${component}(?:/${component})*`;
export const tagPattern = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

/** What the router accepts as a digest; the handler checks whether it is well formed. */
export const digestPattern = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}";
export const uploadIdPattern = "[A-Za-z0-9_.=-]+";

const wholeRepository = new RegExp(`^${repositoryPattern}$`);

export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && wholeRepository.test(text);
}

export function isDigestLike(reference: string): boolean {
  return reference.includes(":");
}
