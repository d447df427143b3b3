import { fileAsset } from "../../../support/miniEngine.js";
import { ARTIFACT as A, EMPTY_CONFIG, type Row } from "./row.js";

const layer = (given: unknown): Row[0] => ({ ...A, layers: [given] });
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const asset = (members: Row[0]): Row[0] => ({
  [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17",
  ...members,
});
const archive = (members: Row[0]): Row[0] => ({
  [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7",
  ...members,
});

/** Files, folders, patterns, titles and layers; see {@link AwkwardFolder}. */
export const SOURCE_ROWS: Record<string, Row> = {
  "a missing file": [
    layer({ file: "nope.txt" }),
    { "layers[0].file": /^nope\.txt does not exist in \/.*[^/]$/ },
  ],
  "a missing folder": [
    layer({ directory: "nope" }),
    { "layers[0].directory": /nope does not exist/ },
  ],
  "a path through a file": [layer({ file: "a.txt/x" }), { "layers[0].file": /does not exist/ }],
  "an empty path": [layer({ file: "" }), { "layers[0].file": /"" is not the path of a file/ }],
  "a path with NUL": [layer({ file: "a\0b" }), { "layers[0].file": /is not the path of a file/ }],
  "a path that is too long": [
    layer({ file: `${"a/".repeat(2500)}b` }),
    { "layers[0].file": /a path of 5001 characters is too long/ },
  ],
  "a name that is too long": [
    layer({ file: "a".repeat(300) }),
    { "layers[0].title": /cannot be a title: a segment of it has more than 255 bytes/ },
  ],
  "a path that is a number": [
    layer({ file: 3 }),
    { "layers[0].file": /expected a text, but got 3/ },
  ],
  "a socket": [
    layer({ file: "socket" }),
    { "layers[0].file": /socket is a socket: a file is needed/ },
  ],
  "a named pipe": [layer({ file: "pipe" }), { "layers[0].file": /pipe is a named pipe/ }],
  "a device": [layer({ file: "/dev/null" }), { "layers[0].file": /\/dev\/null is a device/ }],
  "a link out of the folder": [
    layer({ file: "outside" }),
    { "layers[0].file": /outside is a symbolic link that leads out of the program's folder/ },
  ],
  "a folder link out of the folder": [
    layer({ directory: "outsideFolder" }),
    { "layers[0].directory": /leads out of the program's folder/ },
  ],
  "a link to nothing": [
    layer({ file: "dangling" }),
    { "layers[0].file": /dangling is a symbolic link to something that does not exist/ },
  ],
  "a link to itself": [
    layer({ file: "loop" }),
    { "layers[0].file": /loop is a symbolic link that leads back to itself/ },
  ],
  "a link in a folder": [
    layer({ directory: "linked" }),
    { "layers[0].directory": /linked\/link is a symbolic link: only regular files and folders/ },
  ],
  "a pipe in a folder": [
    layer({ directory: "piped" }),
    { "layers[0].directory": /piped\/pipe is a named pipe/ },
  ],
  "a folder as a file": [
    layer({ file: "charts" }),
    { "layers[0].file": /charts is a folder: use `directory`/ },
  ],
  "a file as a folder": [
    layer({ directory: "a.txt" }),
    { "layers[0].directory": /a\.txt is a file: use `file`/ },
  ],
  "the program's own folder": [
    layer({ directory: "." }),
    { "layers[0].title": /"\." has no name of its own: give a title/ },
  ],
  "a pattern that matches nothing": [
    layer({ directory: "charts", include: ["*.json"] }),
    { "layers[0].include": /no file in charts matches the patterns "\*\.json"/ },
  ],
  "a list of no patterns": [
    layer({ directory: "charts", include: [] }),
    { "layers[0].include": /the list is empty/ },
  ],
  "a pattern that excludes all": [
    layer({ directory: "charts", exclude: ["**"] }),
    { "layers[0].exclude": /exclude everything in charts/ },
  ],
  "a pattern that is no list": [
    layer({ directory: "charts", include: "*" }),
    { "layers[0].include": /expected a list, but got "\*"/ },
  ],
  "a malformed pattern": [
    layer({ directory: "charts", include: ["*", "[a"] }),
    { "layers[0].include[1]": /the pattern "\[a" cannot be used/ },
  ],
  "a pattern out of the folder": [
    layer({ directory: "charts", include: ["../*"] }),
    { "layers[0].include[0]": /it contains "\.\."/ },
  ],
  "patterns of a file": [
    layer({ file: "a.txt", exclude: ["*"] }),
    { "layers[0].exclude": /patterns choose files of a directory/ },
  ],
  "the same title twice": [
    { ...A, layers: [{ file: "a.txt" }, { content: "x", title: "a.txt" }] },
    { "layers[1].title": /the title "a\.txt" cannot be used: layers\[0\] has the same title/ },
  ],
  "a title below a file": [
    { ...A, layers: [{ file: "a.txt" }, { content: "x", title: "a.txt/b" }] },
    { "layers[1].title": /layers\[0\] is a file of the name "a\.txt"/ },
  ],
  "a title out of the folder": [
    layer({ file: "a.txt", title: "../x" }),
    { "layers[0].title": /"\.\.\/x" cannot be a title/ },
  ],
  "an absolute title": [
    layer({ file: "a.txt", title: "/x" }),
    { "layers[0].title": /it is an absolute path/ },
  ],
  "a title on a drive": [
    layer({ file: "a.txt", title: "C:x" }),
    { "layers[0].title": /it is an absolute path/ },
  ],
  "an empty title": [layer({ file: "a.txt", title: "" }), { "layers[0].title": /it is empty/ }],
  "a title of two lines": [
    layer({ file: "a.txt", title: "a\nb" }),
    { "layers[0].title": /contains a control character/ },
  ],
  "two titles": [
    layer({ file: "a.txt", title: "x", annotations: { "org.opencontainers.image.title": "y" } }),
    { "layers[0].title": /differ: give one of them/ },
  ],
  "an annotation of our own": [
    layer({ directory: "charts", annotations: { "io.deis.oras.content.unpack": "x" } }),
    { 'layers[0].annotations["io.deis.oras.content.unpack"]': /is set for directories/ },
  ],
  "two sources": [
    layer({ file: "a.txt", content: "x" }),
    { "layers[0]": /exactly one of .*: file and content are given/ },
  ],
  "no source": [layer({ title: "x" }), { "layers[0]": /exactly one of .*: none is given/ }],
  "a layer that is a path": [
    layer("a.txt"),
    { "layers[0]": /expected an object, such as \{ file: .* \{ directory: .*, but got "a\.txt"/ },
  ],
  "a layer that is an asset": [
    layer(fileAsset("a.txt")),
    { "layers[0]": /but got a Pulumi asset: give it as the `source` of a layer/ },
  ],
  "a layer that is an archive": [
    layer(archive({ path: "charts" })),
    { "layers[0]": /but got a Pulumi archive: give it as the `source` of a layer/ },
  ],
  "an asset as a file": [
    layer({ file: fileAsset("a.txt") }),
    { "layers[0].file": /^expected a path, but got a Pulumi asset: give it as `source` instead$/ },
  ],
  "a missing file with a whole path": [
    layer({ file: "/nope/nope.txt" }),
    { "layers[0].file": /^\/nope\/nope\.txt does not exist$/ },
  ],
  "a layer that is a list": [
    layer([{ file: "a.txt" }]),
    { "layers[0]": /expected an object, .*but got a list/ },
  ],
  "layers that are one layer": [
    { ...A, layers: { file: "a.txt" } },
    { layers: /expected a list, but got an object/ },
  ],
  "an unknown name in a layer": [
    layer({ file: "a.txt", mediatype: "a/b" }),
    { "layers[0].mediatype": /did you mean "mediaType"\?/ },
  ],
  "a media type of a layer": [
    layer({ file: "a.txt", mediaType: "yaml" }),
    { "layers[0].mediaType": /"yaml" is not a media type/ },
  ],
  "content that is no text": [
    layer({ content: { secret: "hush" } }),
    { "layers[0].content": /expected a text, but got an object/ },
  ],
  "a compression that does not exist": [
    layer({ file: "a.txt", compression: "zstd" }),
    { "layers[0].compression": /expected "gzip" or "none", but got "zstd"/ },
  ],
  "a path as an asset": [
    layer({ source: "a.txt" }),
    { "layers[0].source": /expected a Pulumi asset or archive, not a path, but got "a\.txt"/ },
  ],
  "an object as an asset": [
    layer({ source: {} }),
    { "layers[0].source": /expected a pulumi\.asset\.FileAsset/ },
  ],
  "a remote asset": [
    layer({ source: asset({ uri: "https://example.com/x" }) }),
    { "layers[0].source": /a remote asset cannot be published/ },
  ],
  "an archive file": [
    layer({ source: archive({ path: "a.zip" }) }),
    { "layers[0].source": /only a FileArchive of a folder/ },
  ],
  "a missing file asset": [
    layer({ source: fileAsset("nope") }),
    { "layers[0].source": /nope does not exist/ },
  ],
  "a config without a type": [
    { ...A, config: { content: "{}" } },
    { "config.mediaType": /it is required/ },
  ],
  "a config without content": [
    { ...A, config: { mediaType: "a/b" } },
    { config: /exactly one of `file`, `content`: none/ },
  ],
  "a config of two contents": [
    { ...A, config: { mediaType: "a/b", file: "a.txt", content: "" } },
    { config: /file and content are given/ },
  ],
  "a missing config file": [
    { ...A, config: { mediaType: "a/b", file: "nope" } },
    { "config.file": /nope does not exist/ },
  ],
  "an empty config that is not": [
    { ...A, config: { mediaType: EMPTY_CONFIG, content: "{ }" } },
    { "config.content": /can only be "\{\}"/ },
  ],
};
