import { styleText } from "node:util";

/** The width beside the margin on a terminal of 100 columns. */
const WIDTH = 94;

type Style = Parameters<typeof styleText>[0];

/** Prints what happens, in colour on a terminal without `NO_COLOR` (https://no-color.org). */
export class Narrator {
  readonly #write: (text: string) => void;
  #steps = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  title(title: string, ...lines: readonly string[]): void {
    this.#line(heading(title));
    for (const line of lines) this.#line(styled("dim", line));
  }

  /** Announces the next step and its reason. */
  step(what: string, why: string): void {
    this.#steps += 1;
    this.#line("");
    this.#line(heading(`${this.#steps}. ${what}`));
    for (const line of wrapped(why, WIDTH)) this.#line(`   ${line}`);
  }

  /** Prints a command as a user would type it. */
  command(command: string): void {
    this.#line(`   ${styled("bold", `$ ${command}`)}`);
  }

  /** Prints the output of a program. */
  quote(lines: readonly string[]): void {
    for (const line of lines.map(shortened)) {
      const indent = /^\s*/u.exec(line)?.[0] ?? "";
      wrapped(line.trim(), WIDTH - 4 - indent.length).forEach((part, index) =>
        this.#line(
          `   ${styled("dim", "│")} ${indent}${index === 0 ? "" : "  "}${styled(styleOf(line), part)}`,
        ),
      );
    }
  }

  /** Prints a verified result. */
  fact(fact: string): void {
    const [first = "", ...more] = wrapped(shortened(fact), WIDTH - 2);
    this.#line(`   ${styled("green", "✓")} ${first}`);
    for (const line of more) this.#line(`     ${line}`);
  }

  /** Prints things by name with a text for each. */
  list(items: readonly (readonly [name: string, what: string])[]): void {
    const longest = Math.max(...items.map(([name]) => name.length));
    for (const [name, what] of items) {
      this.#line(`     ${styled("bold", name.padEnd(longest))}  ${what}`);
    }
  }

  failure(failure: string): void {
    this.#line("");
    this.#line(styled("red", failure));
  }

  /** Printed without colour, for programs that search it. */
  end(last: string): void {
    this.#line("");
    this.#line(last);
  }

  #line(line: string): void {
    this.#write(`${line}\n`);
  }
}

/** A digest shortened for readers. */
export function shortened(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/gu, "$1…");
}

function heading(text: string): string {
  return styled("bold", styled("cyan", text));
}

function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** The colours of Pulumi's rows. */
function styleOf(line: string): Style {
  if (/^\s*warning:/u.test(line)) return "yellow";
  if (/^\s*\+-/u.test(line)) return "magenta";
  if (/^\s*\+/u.test(line)) return "green";
  if (/^\s*~/u.test(line)) return "yellow";
  if (/^\s*-/u.test(line)) return "red";
  return "reset";
}

/** Lines of limited width, broken at spaces. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\s)/u)) {
    if (line !== "" && (line + word).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}
