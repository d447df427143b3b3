import type * as pulumi from "@pulumi/pulumi";

export interface WasmComponentArgs {
  /** The `.wasm` file, relative to the program's folder: a component or a core module. */
  file: pulumi.Input<string>;
  author?: pulumi.Input<string>;
  /**
   * Creation time (RFC 3339), which the layout requires. Default: 1970-01-01T00:00:00Z, so that the digest
   * depends on the content alone.
   */
  created?: pulumi.Input<string>;
  /** For a component: the world it is built for, such as `wasi:http/proxy@0.2.0`. */
  target?: pulumi.Input<string>;
}

/**
 * Publishes a WebAssembly component or module in the CNCF's layout, for wasmCloud, Spin, `wkg oci pull`,
 * runwasi and others:
 *
 * ```ts
 * new OciArtifact("greeter", {
 *   repository: "components/greeter",
 *   tags: ["1.0.0"],
 *   ...wasmComponent({ file: "target/wasm32-wasip2/release/greeter.wasm" }),
 * });
 * ```
 *
 * **Published** is the file as one layer (`application/wasm`) under its own name, and the config
 * `application/vnd.wasm.config.v0+json`: `created`, `author`, `architecture: wasm`, the layer's digest,
 * and the kind of file: a core module has `os: wasip1`; a component has `os: wasip2` and the names of its
 * exports and imports, read from the binary. Package tools (`wkg`) find a version only by a tag that is a
 * version. Give version, description, source and licenses as the artifact's `annotations`.
 *
 * **Checked at preview**, reported at `content.wasmComponent.file`: the file exists, is WebAssembly in binary
 * form, and, for a component, its imports and exports can be read.
 *
 * Source: tag-runtime.cncf.io, "Wasm OCI Artifact layout"; bytecodealliance/rust-oci-wasm,
 * src/config.rs; WebAssembly/component-model, design/mvp/Binary.md.
 */
export function wasmComponent(args: WasmComponentArgs): {
  content: { wasmComponent: WasmComponentArgs };
} {
  return { content: { wasmComponent: args } };
}
