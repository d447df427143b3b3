import { mkdirSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { CONTENT_FILES } from "./contentRows.js";
import { TemporaryFolder } from "../../../support/temporaryFolder.js";

/** A program's folder with an example of everything that cannot be published. */
export class AwkwardFolder {
  readonly #folder = new TemporaryFolder();
  readonly #socket: Server;

  constructor() {
    const { path } = this;
    this.#folder.write({
      "a.txt": "a",
      "charts/web.yaml": "b",
      "linked/file": "c",
      "piped/file": "d",
      ...CONTENT_FILES,
    });
    mkdirSync(join(path, "empty"));
    symlinkSync("/etc/hostname", join(path, "outside"));
    symlinkSync("/etc", join(path, "outsideFolder"));
    symlinkSync("nowhere", join(path, "dangling"));
    symlinkSync("loop", join(path, "loop"));
    symlinkSync("../a.txt", join(path, "linked/link"));
    execFileSync("mkfifo", ["pipe", "piped/pipe"], { cwd: path });
    this.#socket = createServer().listen(join(path, "socket"));
  }

  get path(): string {
    return this.#folder.path;
  }

  remove(): void {
    this.#socket.close();
    this.#folder.remove();
  }
}
