// The foreign programs that tests and benchmarks compare with, pinned. Node's own modules only.
import { join } from "node:path";
import { findCommand, machinePath, toolsBin } from "./paths.mjs";

/**
 * @typedef {object} Client
 * @property {string} name The command.
 * @property {string} version For Debian's packages: what the release has.
 * @property {"go" | "debian" | "npm" | "npmLibrary" | "pypi"} from
 * @property {string} source Go package path, Debian package, npm package or PyPI project.
 * @property {string[]} [beside] Installed into the same place, with their versions.
 */

/**
 * What a test gets of a client.
 * @typedef {object} ForeignTool
 * @property {string} name
 * @property {string | undefined} path Where it is, if it is.
 * @property {string} howToGet One line for people: how to get it.
 */

/** @type {Client[]} */
export const clients = [
  goClient("oras", "oras.land/oras/cmd/oras", "v1.3.6"),
  goClient("crane", "github.com/google/go-containerregistry/cmd/crane", "v0.22.1"),
  goClient("regctl", "github.com/regclient/regclient/cmd/regctl", "v0.11.7"),
  goClient("helm", "helm.sh/helm/v3/cmd/helm", "v3.22.0"),
  // Has no releases: this is the version of `@latest` at the time.
  goClient(
    "conformance",
    "github.com/opencontainers/distribution-spec/conformance",
    "v0.0.0-20260831232431-97274622c111",
  ),
  { name: "skopeo", version: "Debian's", from: "debian", source: "skopeo" },
  { name: "docker-registry", version: "Debian's", from: "debian", source: "docker-registry" },
  // The oldest Node that the package supports, to compare bytes with.
  {
    name: "node22",
    version: "22.23.3",
    from: "npm",
    source: `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`,
  },
  // Microsoft's libraries: the commands are a Node and a Python that find them.
  {
    name: "azure-sdk-node",
    version: "1.1.2",
    from: "npmLibrary",
    source: "@azure/container-registry",
    beside: ["@azure/identity@4.14.1"],
  },
  {
    name: "azure-sdk-python",
    version: "1.2.0",
    from: "pypi",
    source: "azure-containerregistry",
    beside: ["azure-identity==1.27.0"],
  },
];

/**
 * Every client: where it is (what `npm run tools` put there, else PATH), and how to get it.
 * @returns {ForeignTool[]}
 */
export function foreignTools() {
  return clients.map((client) => ({
    name: client.name,
    path: findCommand(client.name, [toolsBin, ...machinePath()]),
    howToGet: `${client.name} is absent: \`npm run tools\` gets it (${needs[client.from]}), or put one on PATH`,
  }));
}

const needs = {
  go: "needs Go 1.26 or later",
  debian: "needs Debian's or Ubuntu's apt-get",
  npm: "needs npm",
  npmLibrary: "needs npm",
  pypi: "needs Python 3 with venv and pip",
};

/** Where a client is put. @param {Client} client */
export function installedPath(client) {
  return join(toolsBin, client.name);
}

/**
 * @param {string} name
 * @param {string} source
 * @param {string} version
 * @returns {Client}
 */
function goClient(name, source, version) {
  return { name, version, from: "go", source };
}
