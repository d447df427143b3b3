import type * as pulumi from "@pulumi/pulumi";

export interface WasmComponentArgs {
  /** The `.wasm` file, relative to the program's folder: a component or a core module. */
  file: pulumi.Input<string>;
  author?: pulumi.Input<string>;
  /**
   * When it was made (RFC 3339). The layout demands a time; default: 1970-01-01T00:00:00Z, so that the
   * digest depends on the content alone.
   */
  created?: pulumi.Input<string>;
  /** Of a component: the world that it is built for, such as `wasi:http/proxy@0.2.0`. */
  target?: pulumi.Input<string>;
}

/**
 * A WebAssembly component or module in the layout of the CNCF, for wasmCloud, Spin, `wkg oci pull`,
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
 * and what the file's beginning says it is: a core module has `os: wasip1`; a component has `os: wasip2`
 * and the names of its exports and imports, which are read from the binary. Package tools (`wkg`) find a version
 * only by a tag that is a version; annotations for version, description, source and licences are the
 * artifact's own `annotations`.
 *
 * **At preview** fails, at `content.wasmComponent.file`: a file that is missing or no WebAssembly (the
 * text format, for example), or a component whose imports and exports cannot be read.
 *
 * Source: tag-runtime.cncf.io, "Wasm OCI Artifact layout"; bytecodealliance/rust-oci-wasm,
 * src/config.rs; WebAssembly/component-model, design/mvp/Binary.md.
 */
export function wasmComponent(args: WasmComponentArgs): {
  content: { wasmComponent: WasmComponentArgs };
} {
  return { content: { wasmComponent: args } };
}
