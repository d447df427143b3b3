import {
  digestPattern,
  isRepositoryName,
  repositoryPattern,
  tagPattern,
  uploadIdPattern,
} from "../wire/names.js";
import type { Route } from "./call.js";

/** The route and variable parts of a path. */
export interface RouteMatch {
  readonly route: Route;
  readonly name: string;
  readonly reference: string;
}

/** A match, the methods that the path supports, or nothing. */
export type RouteResult = RouteMatch | { readonly allow: readonly string[] } | undefined;

const variables: Readonly<Record<string, string>> = {
  name: `(?<name>${repositoryPattern})`,
  reference: `(?<reference>${tagPattern}|${digestPattern})`,
  digest: `(?<reference>${digestPattern})`,
  tag: `(?<reference>${tagPattern})`,
  upload: `(?<reference>${uploadIdPattern})`,
};

/** Finds the route of a request: first by path, then by method. */
export class Router {
  private readonly compiled: readonly { route: Route; pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    this.compiled = routes.map((route) => ({ route, pattern: compile(route.path) }));
  }

  find(method: string, decodedPath: string): RouteResult {
    const allow: string[] = [];
    for (const { route, pattern } of this.compiled) {
      const match = pattern.exec(decodedPath);
      if (match === null) continue;
      const { name = "", reference = "" } = match.groups ?? {};
      if (name !== "" && !isRepositoryName(name)) continue;
      if (route.method === method) return { route, name, reference };
      allow.push(route.method);
    }
    return allow.length === 0 ? undefined : { allow };
  }
}

function compile(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? "");
  return new RegExp(`^${source}$`);
}
