/**
 * Every name that users can import, by entry point of package.json, in alphabetical order; types included.
 * A change here is a change of the product: additions are features, removals break programs or stored states.
 */
export const publicApi: Readonly<Record<string, readonly string[]>> = {};
