/** Marks each line that compilers must refuse; TypeScript 3.8 has no `@ts-expect-error`. */
const REFUSED = "// refused";

/** A program with valid arguments and with arguments that exclude each other. */
export const exclusiveArguments = `import * as pulumi from "@pulumi/pulumi";
import * as acr from "pulumi-acr";

declare const text: string;
declare const perhaps: string | undefined;
const later = pulumi.output("later");
const repository = "hello";

// Layers.
new acr.OciArtifact("inputs", { repository, layers: [{ file: later }, { directory: "d", include: [later] }, { content: text }] });
new acr.OciArtifact("asset", { repository, layers: [{ source: new pulumi.asset.StringAsset("text"), title: later }] });
new acr.OciArtifact("mapped", { repository, layers: ["a", "b"].map((file) => ({ file, title: file })) });
new acr.OciArtifact("chosen", { repository, layers: perhaps ? [{ file: perhaps }] : [{ content: "none" }] });
new acr.OciArtifact("output", { repository, layers: later.apply((file) => [{ file }]) });
new acr.OciArtifact("promise", { repository, layers: [Promise.resolve({ content: "x" }), later.apply((file) => ({ file }))] });
const plain: acr.OciArtifactArgs = { repository, layers: [{ file: "a" }] };
new acr.OciArtifact("spread", { ...plain, tags: ["1"] });
const layer: acr.LayerArgs = { file: "a" };
const titled = (one: acr.LayerArgs): acr.LayerArgs => ({ ...one, title: "title" });
new acr.OciArtifact("made", { ...plain, layers: [layer, titled(layer)] });
interface OwnLayer extends acr.FileLayerArgs { own?: string }
const own: OwnLayer = { file: "a" };
interface OwnArgs extends acr.OciArtifactArgs { own?: string }
const ownArgs: OwnArgs = { repository, layers: [own] };
new acr.OciArtifact("own", ownArgs);
new acr.OciArtifact("two", { repository, layers: [{ file: "a", content: "b" }] }); ${REFUSED}
new acr.OciArtifact("later", { repository, layers: [{ file: "a" }, { content: "b", directory: later }] }); ${REFUSED}
new acr.OciArtifact("none", { repository, layers: [{ title: "a" }] }); ${REFUSED}

// Look-ups.
acr.getArtifact({ reference: text });
acr.getArtifact({ repository, tag: "1", registry: { loginServer: "myregistry.azurecr.io" } });
acr.getArtifact({ repository, tag: perhaps, digest: perhaps });
acr.getArtifact({ repository, ...(perhaps ? { tag: perhaps } : { digest: text }) });
const query: acr.GetArtifactArgs = { repository };
query.tag = "1";
acr.getArtifact({ ...query, tag: "2" });
acr.getReferrers({ repository, digest: text, artifactType: "application/spdx+json" });
acr.getArtifactFile({ reference: text, title: "a", encoding: "base64" });
acr.getArtifactOutput({ reference: later, registry: { loginServer: later } }, { dependsOn: [new acr.OciArtifact("it", plain)] });
acr.getArtifactOutput({ repository: later, digest: Promise.resolve(text) });
const passOn = (given: { tag?: pulumi.Input<string>; digest?: pulumi.Input<string> }) => acr.getReferrersOutput({ repository, ...given });
passOn({ tag: later });
const passAll = (given: acr.GetArtifactFileOutputArgs) => acr.getArtifactFileOutput(given, { dependsOn: new pulumi.ComponentResource("a:b:C", "c") });
passAll({ reference: later, title: "a" });
[query].map(acr.getArtifact);
acr.getArtifact({ reference: text, tag: "1" }); ${REFUSED}
acr.getArtifact({ reference: text, repository, tag: "1" }); ${REFUSED}
acr.getArtifact({ tag: "1" }); ${REFUSED}
acr.getReferrers({ artifactType: "application/spdx+json" }); ${REFUSED}
acr.getArtifactFile({ title: "a" }); ${REFUSED}
acr.getArtifactOutput({ reference: later, digest: later }); ${REFUSED}
acr.getTags({ repository }, { dependsOn: [] }); ${REFUSED}
acr.getTagsOutput({ repository }, { parent: new acr.OciArtifact("parent", plain) }); ${REFUSED}
export {};
`;

/** Numbers of the lines that must be refused. */
export const refusedLines: readonly number[] = exclusiveArguments
  .split("\n")
  .flatMap((line, index) => (line.endsWith(REFUSED) ? [index + 1] : []));
