import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { redrawnRows } from "../../../provider/lifecycle/redrawnRows.js";

/** What `stty -a` prints, shortened; the first of each pair while the CLI draws its rows. */
const LINUX_RAW =
  "speed 38400 baud; rows 40; columns 150; line = 0;\nintr = ^C; min = 1; time = 0;\n" +
  "-ignbrk -brkint -icrnl -ixon\n-opost -olcuc onlcr\n-isig -icanon -iexten -echo echoe echok";
const LINUX =
  "speed 38400 baud; rows 40; columns 150; line = 0;\nintr = ^C; min = 1; time = 0;\n" +
  "-ignbrk -brkint icrnl ixon\nopost -olcuc onlcr\nisig icanon iexten echo echoe echok";
const MACOS_RAW =
  "speed 9600 baud; 40 rows; 150 columns;\nlflags: -icanon -isig -iexten -echo echoe -echok\n" +
  "iflags: -istrip -icrnl\noflags: -opost onlcr -oxtabs\ncchars: discard = ^O; min = 1;";
const MACOS =
  "speed 9600 baud; 40 rows; 150 columns;\nlflags: icanon isig iexten echo echoe -echok\n" +
  "iflags: -istrip icrnl\noflags: opost onlcr -oxtabs\ncchars: discard = ^O; min = 1;";
/** A pager at the end of the pipe reads keys, but leaves signals and output alone. */
const PAGER = LINUX.replace(" icanon", " -icanon").replace(" echo ", " -echo ");

describe("whether the CLI draws rows anew", () => {
  const rows: Readonly<Record<string, readonly [() => Promise<string>, boolean]>> = {
    "a raw terminal of Linux": [() => Promise.resolve(LINUX_RAW), true],
    "another one": [() => Promise.resolve(LINUX), false],
    "a raw terminal of macOS": [() => Promise.resolve(MACOS_RAW), true],
    "another one of macOS": [() => Promise.resolve(MACOS), false],
    "a pager": [() => Promise.resolve(PAGER), false],
    "no answer": [() => Promise.resolve(""), false],
    "no terminal": [() => Promise.reject(new Error("/dev/tty: No such device or address")), false],
  };
  for (const [name, [settings, expected]] of Object.entries(rows)) {
    it(`${name}: ${expected ? "yes" : "no"}`, async () => {
      assert.equal(await redrawnRows(settings)(), expected);
    });
  }

  it("is no where tests run, with a terminal or without", async () => {
    assert.equal(await redrawnRows()(), false);
  });

  it("is asked only when it matters, and once", async () => {
    let asked = 0;
    const redrawn = redrawnRows(() => {
      asked += 1;
      return Promise.resolve(LINUX_RAW);
    });
    assert.equal(asked, 0);
    assert.deepEqual([await redrawn(), await redrawn(), asked], [true, true, 1]);
  });
});
