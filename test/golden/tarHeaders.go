//go:build ignore

// Writes tarHeaders.json: what Go's archive/tar, and so ORAS, puts before an entry's content.
// Run: go run tarHeaders.go > tarHeaders.json
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"time"
)

type vector struct {
	Title  string `json:"title"`
	Type   string `json:"type"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Mode   int64  `json:"mode"`
	Length int    `json:"length"`
	Sha256 string `json:"sha256"`
}

func main() {
	a := strings.Repeat
	inputs := []vector{
		{Title: "a folder", Type: "directory", Name: "data", Mode: 0o755},
		{Title: "a file", Type: "file", Name: "data/hello.txt", Size: 12, Mode: 0o644},
		{Title: "an executable", Type: "file", Name: "data/run", Size: 1, Mode: 0o755},
		{Title: "an empty file", Type: "file", Name: "data/empty", Mode: 0o644},
		{Title: "a name of 100 bytes", Type: "file", Name: a("n", 100), Size: 1, Mode: 0o644},
		{Title: "a name of 101 bytes without a slash", Type: "file", Name: a("n", 101), Size: 1, Mode: 0o644},
		{Title: "a long name that splits", Type: "file", Name: a("d", 60) + "/" + a("f", 60), Size: 1, Mode: 0o644},
		{Title: "a split with several slashes", Type: "file", Name: a("dir/", 30) + a("f", 40), Size: 1, Mode: 0o644},
		{Title: "the longest split", Type: "file", Name: a("p", 155) + "/" + a("n", 100), Size: 1, Mode: 0o644},
		{Title: "a prefix one byte too long", Type: "file", Name: a("p", 156) + "/" + a("n", 100), Size: 1, Mode: 0o644},
		{Title: "a name of 300 bytes", Type: "file", Name: "data/" + a("x", 295), Size: 1, Mode: 0o644},
		{Title: "a deep path", Type: "file", Name: a("folder/", 60) + "file", Size: 1, Mode: 0o644},
		{Title: "a long folder", Type: "directory", Name: "data/" + a("y", 200), Mode: 0o755},
		{Title: "a name cut after a slash", Type: "file", Name: a("c", 99) + "/" + a("e", 120), Size: 1, Mode: 0o644},
		{Title: "an accent, composed", Type: "file", Name: "mydir/sub/\u00e9.txt", Size: 3, Mode: 0o644},
		{Title: "an accent, decomposed", Type: "file", Name: "mydir/sub/e\u0301.txt", Size: 3, Mode: 0o644},
		{Title: "only non-ASCII", Type: "file", Name: "\u65e5\u672c/\u8a9e", Size: 3, Mode: 0o644},
		{Title: "an emoji", Type: "directory", Name: "data/\U0001f600", Mode: 0o755},
		{Title: "a long non-ASCII path", Type: "file", Name: a("\u00fc/", 90) + a("z", 90), Size: 3, Mode: 0o644},
		{Title: "spaces, quotes and a line break", Type: "file", Name: "data/a b\n\"c\" %20#?", Size: 3, Mode: 0o644},
		{Title: "one byte under 8 GiB", Type: "file", Name: "data/big", Size: 1<<33 - 1, Mode: 0o644},
		{Title: "8 GiB", Type: "file", Name: "data/big", Size: 1 << 33, Mode: 0o644},
		{Title: "9 GiB with a long name that would split", Type: "file", Name: a("d", 60) + "/" + a("f", 60), Size: 9 << 30, Mode: 0o755},
		{Title: "a record whose length gains a digit", Type: "file", Name: "\u00e9" + a("w", 86), Size: 1, Mode: 0o644},
		{Title: "a record whose length has three digits", Type: "file", Name: "\u00e9" + a("w", 87), Size: 1, Mode: 0o644},
	}
	for i := range inputs {
		input := &inputs[i]
		flag := byte(tar.TypeReg)
		if input.Type == "directory" {
			flag = tar.TypeDir
		}
		var out bytes.Buffer
		header := tar.Header{Typeflag: flag, Name: input.Name, Size: input.Size, Mode: input.Mode, ModTime: time.Unix(0, 0)}
		if err := tar.NewWriter(&out).WriteHeader(&header); err != nil {
			panic(err)
		}
		sum := sha256.Sum256(out.Bytes())
		input.Length, input.Sha256 = out.Len(), hex.EncodeToString(sum[:])
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(inputs); err != nil {
		panic(err)
	}
}
