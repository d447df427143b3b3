import { afterEach } from "mocha";

/** Sets environment variables until the end of a test; `undefined` removes one. */
export function environmentForTests(): (
  values: Readonly<Record<string, string | undefined>>,
) => void {
  const before = new Map<string, string | undefined>();
  afterEach(() => {
    for (const [name, value] of before) assign(name, value);
    before.clear();
  });
  return (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (!before.has(name)) before.set(name, process.env[name]);
      assign(name, value);
    }
  };
}

function assign(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
