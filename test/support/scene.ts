import { afterEach, beforeEach } from "mocha";
import { type Emulator, type EmulatorOptions, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "./engine.js";
import { MiniEngine } from "./miniEngine.js";
import { Somebody } from "./somebody.js";
import { TemporaryFolder } from "./temporaryFolder.js";

/** A registry, a stack that publishes to it, and somebody else with the same rights. */
export interface Scene {
  readonly emulator: Emulator;
  readonly somebody: Somebody;
  readonly engine: MiniEngine;
}

/** A scene whose program has its own folder. */
export interface FolderScene extends Scene {
  readonly folder: TemporaryFolder;
}

/** Gives each test of the enclosing `describe` a scene of its own; `somebody` works in the repository. */
export function eachWithScene(
  repository: string,
  take: (scene: Scene) => void,
  options: EmulatorOptions = {},
): void {
  each(() => openScene(repository, undefined, options), take);
}

/** The same with a folder of these files as the program's directory. */
export function eachWithFolder(
  repository: string,
  files: Readonly<Record<string, string>>,
  take: (scene: FolderScene) => void,
): void {
  const open = async (): Promise<Opened<FolderScene>> => {
    const folder = new TemporaryFolder();
    folder.write(files);
    const { scene, close } = await openScene(repository, folder.path);
    return { scene: { ...scene, folder }, close: () => close().finally(() => folder.remove()) };
  };
  each(open, take);
}

interface Opened<Kind extends Scene> {
  readonly scene: Kind;
  readonly close: () => Promise<void>;
}

function each<Kind extends Scene>(
  open: () => Promise<Opened<Kind>>,
  take: (scene: Kind) => void,
): void {
  let current: Opened<Kind> | undefined;
  beforeEach(async () => {
    current = await open();
    take(current.scene);
  });
  afterEach(async () => {
    await current?.close();
    current = undefined;
  });
}

async function openScene(
  repository: string,
  directory: string | undefined,
  options: EmulatorOptions = {},
): Promise<Opened<Scene>> {
  const emulator = await startEmulator(options);
  const somebody = new Somebody(emulator, repository);
  const environment = environmentFor(emulator);
  const engine = new MiniEngine({ environment, ...(directory === undefined ? {} : { directory }) });
  const close = async (): Promise<void> => {
    somebody.close();
    await emulator.close();
  };
  return { scene: { emulator, somebody, engine }, close };
}
