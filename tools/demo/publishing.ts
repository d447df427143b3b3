import assert from "node:assert/strict";
import { artifactRow, countRequests, digestOutput, pick, printedDigest } from "./findings.js";
import { published, type RegistryView, viewRegistry } from "./registryView.js";
import { repository, type Stage } from "./stage.js";

/** One version: its digest, and the registry's content after its publication. */
export interface Version {
  readonly digest: string;
  readonly view: RegistryView;
}

export async function previewTellsDigest(stage: Stage): Promise<string> {
  const { narrator, emulator, pulumi } = stage;
  narrator.step(
    "A preview shows the digest",
    "It is computed from the files alone: the same on every machine, before anything is sent.",
  );
  narrator.command("pulumi preview");
  emulator.journal.clear();
  const run = await pulumi.preview();
  narrator.quote(pick(run, artifactRow("create$"), digestOutput));
  assert.deepEqual(run.operations, ["create"]);
  assert.equal(countRequests(emulator).all, 0, "a preview of a new artifact asked the registry");
  narrator.fact("No request was sent to the registry.");
  return printedDigest(run);
}

export async function upPublishes(
  stage: Stage,
  digest: string,
  theirs: RegistryView,
): Promise<Version> {
  const { narrator, emulator, pulumi, registry } = stage;
  narrator.step(
    "Up publishes exactly that",
    "Missing blobs first, then the manifest, its tags and their locks; then it is read back.",
  );
  narrator.command("pulumi up");
  const run = await pulumi.up();
  narrator.quote(pick(run, artifactRow("created"), digestOutput));
  const { all } = countRequests(emulator);
  assert.equal(printedDigest(run), digest, "up published another digest than the preview showed");
  const view = { ...theirs, ...published(repository, digest, ["1.0.0", "latest"], true) };
  assert.deepEqual(await viewRegistry(registry), view);
  narrator.fact(`1.0.0 and latest name ${digest}, and are locked. It took ${all} requests.`);
  return { digest, view };
}

export async function nothingChanged({ narrator, emulator, pulumi }: Stage): Promise<void> {
  narrator.step(
    "Up again does nothing",
    "The files still have the digest that is in the state, so there is nothing to ask for.",
  );
  narrator.command("pulumi up --expect-no-changes");
  emulator.journal.clear();
  const run = await pulumi.up({ expectNoChanges: true });
  narrator.quote(pick(run, /\d unchanged$/u));
  assert.equal(countRequests(emulator).all, 0, "an unchanged stack asked the registry");
  narrator.fact("No request was sent to the registry.");
}

export async function nextVersion(
  stage: Stage,
  first: Version,
  theirs: RegistryView,
): Promise<Version> {
  const { narrator, pulumi, registry } = stage;
  narrator.step(
    "A new version is published beside the old one",
    "A rule is added and the version is set. New content makes a new artifact, so the engine " +
      "replaces it: the new one is published first, and the old one stays, because onReplace is `retain`.",
  );
  pulumi.write("policies/ingress/ingress.rego", rule);
  await pulumi.setVersion("1.1.0");
  narrator.command("pulumi config set version 1.1.0 && pulumi up");
  const run = await pulumi.up();
  narrator.quote(pick(run, artifactRow("replaced"), digestOutput));
  assert.deepEqual(run.operations, ["create-replacement", "replace", "delete-replaced"]);
  const digest = printedDigest(run);
  assert.notEqual(digest, first.digest);
  const old = published(repository, first.digest, ["1.0.0"], true);
  const view = {
    ...theirs,
    ...old,
    ...published(repository, digest, ["1.1.0", "latest"], true),
  };
  assert.deepEqual(await viewRegistry(registry), view);
  narrator.fact(`1.1.0 and latest name ${digest}; 1.0.0 is as it was. All three are locked.`);
  return { digest, view };
}

const rule = `package web.ingress

deny contains "an ingress needs TLS" if not input.spec.tls
`;
