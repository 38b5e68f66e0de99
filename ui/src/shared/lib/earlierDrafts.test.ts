import { describe, expect, it } from "vitest";
import { Drafts } from "./drafts";
import { earlier } from "./earlierDrafts";
import { Kept } from "./kept";

const SESSION = "genesis:6f6bb6b0-54ab-4c5e-9d53-5a6f6f4b9a10";
const PROPOSAL = "0f0c5f0e-54ab-4c5e-9d53-5a6f6f4b9a10";

function told(stored: Record<string, string>) {
  return earlier(Object.keys(stored), (name) => stored[name] ?? "");
}

describe("drafts of earlier builds", () => {
  it("finds an edit with what was seen when it began", () => {
    const name = `${SESSION}:edit:${PROPOSAL}`;
    const found = told({ [name]: '{"title":"Salt"}', [`${name}:seen`]: '{"proposals":[]}' });
    expect(found.drafts).toEqual([
      { key: name, text: '{"title":"Salt"}', details: '{"seen":{"proposals":[]},"changed":true,"savedAt":null}' },
    ]);
    expect(found.gone).toEqual([name, `${name}:seen`]);
  });

  it("finds feedback with the field it is about, own texts, wishes and what was set aside", () => {
    const stored = {
      [`${SESSION}:feedback:${PROPOSAL}`]: "Warmer",
      [`${SESSION}:feedback:${PROPOSAL}:about`]: '{"path":"/hook","label":"Hook"}',
      [`${SESSION}:PLOT_OUTLINE:edit:own`]: "{}",
      [`${SESSION}:PLOT_OUTLINE:wishes`]: "fewer ships",
      [`${SESSION}:PLOT_OUTLINE:aside`]: '{"words":"no"}',
    };
    expect(told(stored).drafts.map(({ key, text }) => [key.slice(SESSION.length), text])).toEqual([
      [`:feedback:${PROPOSAL}`, "Warmer"],
      [":PLOT_OUTLINE:edit:own", "{}"],
      [":PLOT_OUTLINE:wishes", "fewer ships"],
      [":PLOT_OUTLINE:aside", '{"words":"no"}'],
    ]);
    expect(told(stored).drafts[0]?.details).toBe('{"path":"/hook","label":"Hook"}');
  });

  it("puts the fields of a genesis that has not begun into one draft", () => {
    const found = told({ "genesis:new:seed": "A spark", "genesis:new:genre": "noir", "genesis:new:door": "refine" });
    expect(found.drafts).toEqual([
      { key: "genesis:new:spark", text: "A spark", details: '{"door":"refine","genre":"noir"}' },
    ]);
    expect(found.gone).toEqual(["genesis:new:seed", "genesis:new:door", "genesis:new:genre"]);
  });

  it("gives what a stopped model wrote to its stage", () => {
    const value = '{"stage":"CHARACTERS","contents":[]}';
    expect(told({ [`${SESSION}:unfinished`]: value }).moved).toEqual([{ to: `${SESSION}:CHARACTERS:unfinished`, value }]);
    expect(told({ [`${SESSION}:unfinished`]: "no JSON" }).moved).toEqual([]);
  });

  it("leaves alone what it does not know, and what is of today", () => {
    const stored = { [`${SESSION}:edit:${PROPOSAL}@me`]: "{}", "genesis:language": "zh", [`${SESSION}:hidden`]: "x" };
    expect(told(stored)).toEqual({ drafts: [], moved: [], gone: [] });
  });

  it("offers them once, however many tabs are opened", () => {
    const stored = new Map([[`${SESSION}:feedback:${PROPOSAL}`, "Warmer"]]);
    const store = {
      get length() {
        return stored.size;
      },
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
      removeItem: (name: string) => void stored.delete(name),
    } as unknown as Storage;
    const keys = new Proxy(store, { ownKeys: () => [...stored.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
    for (const tab of ["one", "two"]) {
      const kept = new Kept(() => keys, (name) => name.endsWith(`@${tab}`));
      const drafts = new Drafts(kept, tab, () => "fresh");
      drafts.takeOver();
      const key = `${SESSION}:feedback:${PROPOSAL}`;
      const offered = drafts.offer(key);
      expect(offered).toBe(`${key}@earlier`);
      expect(drafts.words(offered ?? "").text).toBe("Warmer");
    }
    expect([...stored.keys()]).toEqual([`${SESSION}:feedback:${PROPOSAL}@earlier`]);
  });
});
