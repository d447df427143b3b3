// Builds the Pulumi CLI from the published Go modules. Node's own modules only.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { runQuietly } from "./run.mjs";

/** The engine that is built or installed, and that everything here was tested with. */
export const pulumiVersion = "3.259.0";

/**
 * The language host is a module of its own, and of those the last one with a tag is much older than the
 * engine; the protocol between the two has stayed compatible.
 */
const programs = [
  {
    name: "pulumi",
    folder: "pulumi-cli",
    main: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    flags: [
      "-tags=osusergo,grpcnotrace",
      `-ldflags=-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`,
    ],
  },
  {
    name: "pulumi-language-nodejs",
    folder: "pulumi-language-nodejs",
    main: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    flags: ["-ldflags=-w -s"],
  },
];

/** Changes with the sources, the way of building and the system. */
export function buildFingerprint() {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([pulumiVersion, programs, process.platform, process.arch]));
  for (const { folder } of programs) {
    for (const file of ["go.mod", "go.sum"])
      hash.update(readFileSync(join(root, "tools", folder, file)));
  }
  return hash.digest("hex");
}

/**
 * Builds both programs; about four minutes on two cores when nothing was ever compiled.
 * @param {string} bin
 */
export async function buildPulumi(bin) {
  for (const { name, folder, main, flags } of programs) {
    const args = ["build", "-trimpath", "-buildvcs=false", ...flags, "-o", join(bin, name), main];
    await runQuietly(`building ${name} from Go modules (once, some minutes)`, "go", args, {
      cwd: join(root, "tools", folder),
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" },
    });
  }
}
