/** Pulls `argv[3]` of the repository `big` from the registry `argv[2]` into `argv[4]`; prints the peak of its memory in MiB. */
import { pullArtifact, RegistryClient } from "pulumi-acr/client";
import { peakMib } from "./peakMemory.js";

const [, , url = "", reference = "", folder = ""] = process.argv;
const client = new RegistryClient(url, { credential: { kind: "anonymous" } });
pullArtifact(client.repository("big"), reference, folder)
  .then(() => process.stdout.write(String(peakMib())))
  .catch((error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  })
  .finally(() => client.close());
