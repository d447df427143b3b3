import type { EmulatorOptions } from "../../../emulator/index.js";
import { type Content, config, image, layer, ociManifest } from "../content.js";
import type { Received } from "../exchange.js";

/** A request; without `as` it is the admin user's, sent with Basic. */
export interface Step {
  readonly method: string;
  /** May be derived from the previous answer or the first one, for the addresses of an upload. */
  readonly path: string | ((previous: Received, first: Received) => string);
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly chunked?: boolean;
  /** Nobody sends no credential; a scope is for a bearer token of the admin user that grants it. */
  readonly as?: "nobody" | { readonly scope: string };
}

/** A request and its expected answer. `HOST` stands for the login server. */
export interface Row {
  readonly says: string;
  /**
   * Where the expected answer is from. "C11 #34" is session 34 of the conformance run against the real service in
   * opencontainers/oci-conformance, distribution-spec/v1.1/azurecontainerregistry/report.html; "Azure/azure-sdk-assets
   * go" and "js" are the recorded sessions of the SDKs' own tests, with the name of the test.
   */
  readonly source: string;
  readonly options?: EmulatorOptions;
  readonly given?: readonly Step[];
  readonly request: Step;
  readonly status: number;
  /** Exact values or patterns; null: the header has to be absent. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** An object is compact JSON with a newline; a pattern is searched. */
  readonly body?: string | RegExp | object;
}

export const repository = "library/hello";
export const v2 = `/v2/${repository}`;
export const acr = `/acr/v1/${repository}`;

/** For behaviour that no public source documents. */
export const choice = "our choice: no public transcript is known";

export function putBlob(blob: Content, path = v2): Step {
  return { method: "POST", path: `${path}/blobs/uploads/?digest=${blob.digest}`, body: blob.text };
}

export function putManifest(reference: string, manifest: Content = image, path = v2): Step {
  return {
    method: "PUT",
    path: `${path}/manifests/${reference}`,
    headers: { "content-type": ociManifest },
    body: manifest.text,
  };
}

export function patch(path: string, flags: object): Step {
  return {
    method: "PATCH",
    path,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(flags),
  };
}

export const blobs: readonly Step[] = [putBlob(config), putBlob(layer)];

/** `library/hello:v1`. */
export const pushed: readonly Step[] = [...blobs, putManifest("v1")];

export const startUpload: Step = { method: "POST", path: `${v2}/blobs/uploads/` };

/** The address in the previous answer, with more in its query. */
export function following(query = ""): (previous: Received) => string {
  return ({ headers }) => `${headers.location ?? ""}${query}`;
}

/** The address in the first answer, which later answers replaced. */
export function outdated(query = ""): (previous: Received, first: Received) => string {
  return (_, { headers }) => `${headers.location ?? ""}${query}`;
}

export function errors(code: string, message: string, detail?: unknown): object {
  return { errors: [{ code, message, detail }] };
}

export const disallowed = errors(
  "REGISTRY_DISALLOWED_OPERATION",
  "The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation",
  {},
);
