import { describe, expect, it } from "vitest";

const FILES = import.meta.glob<Record<string, unknown>>("./{en,zh}.*.ts", { eager: true });
const WHOLE = import.meta.glob<Record<string, Record<string, string>>>("./{en,zh}.ts", { eager: true });

/** The keys of each file of a language, the whole of it apart. */
function parts(language: string): string[][] {
  return Object.entries(FILES)
    .filter(([path]) => path.startsWith(`./${language}.`))
    .map(([, module]) => Object.values(module).flatMap((messages) => Object.keys(messages as object)));
}

describe.each(["en", "zh"])("messages in %s", (language) => {
  it("are defined once each: of two, one would silently be another's", () => {
    const keys = parts(language).flat();
    const twice = keys.filter((key, place) => keys.indexOf(key) !== place);
    expect(twice).toEqual([]);
  });

  it("that stand in a file of their own are not defined in the whole again", async () => {
    const own = await import(`./${language}.ts?raw`).then((module: { default: string }) => module.default);
    const again = parts(language).flat().filter((key) => own.includes(`\n  "${key}":`));
    expect(again).toEqual([]);
    expect(Object.keys(WHOLE).length).toBe(2);
  });
});
