import { beforeEach, describe, expect, test, vi } from "vitest";
import { Drafts } from "./drafts";
import { Kept } from "./kept";

/** What every tab of a browser shares: each change is heard by all others, as `storage` events are. */
class Browser {
  readonly held = new Map<string, string>();
  readonly tabs: { kept: Kept; store: Storage }[] = [];
  broken: "" | "full" | "forbidden" = "";

  open(owner: string) {
    const store = this.#storeOf(() => tab);
    const kept = new Kept(
      () => {
        if (this.broken === "forbidden") throw new DOMException("no", "SecurityError");
        return store;
      },
      (name) => name.endsWith(`@${owner}`),
    );
    const tab = { kept, store };
    this.tabs.push(tab);
    let made = 0;
    return { kept, drafts: new Drafts(kept, owner, () => `${owner}-away-${(made += 1)}`) };
  }

  #storeOf(self: () => { kept: Kept }): Storage {
    const changed = (name: string, value: string | null) => {
      for (const tab of this.tabs) if (tab !== self()) tab.kept.heard(name, value);
    };
    const methods = {
      getItem: (name: string) => this.held.get(name) ?? null,
      setItem: (name: string, value: string) => {
        if (this.broken === "full") throw new DOMException("no", "QuotaExceededError");
        this.held.set(name, value);
        changed(name, value);
      },
      removeItem: (name: string) => {
        if (this.held.delete(name)) changed(name, null);
      },
    };
    return new Proxy(methods as unknown as Storage, {
      ownKeys: () => [...this.held.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    });
  }
}

const BOX = "genesis:s:feedback:p";
let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});

describe("a draft", () => {
  test("survives a reload, as this tab's own", () => {
    browser.open("a").drafts.write(BOX, "older", "about");
    expect(browser.open("a").drafts.own(BOX)).toMatchObject({ text: "older", details: "about" });
  });
  test.each(["full", "forbidden"] as const)("is written, sent and known to have no copy with the store %s", (broken) => {
    browser.broken = broken;
    const { drafts, kept } = browser.open("a");
    drafts.write(BOX, "older", "");
    expect(drafts.own(BOX).text).toBe("older");
    expect(kept.uncopied).toEqual([`${BOX}@a`]);
    drafts.sending(BOX).arrived();
    expect(drafts.own(BOX).text).toBe("");
    expect(kept.uncopied).toEqual([]);
  });
  test("is copied once the store takes it again", () => {
    browser.broken = "full";
    const { drafts, kept } = browser.open("a");
    drafts.write(BOX, "older", "");
    browser.broken = "";
    kept.flush();
    expect(kept.uncopied).toEqual([]);
    expect(browser.open("a").drafts.own(BOX).text).toBe("older");
  });
  test("that is long is copied when the typing pauses, and at once when the tab is left", () => {
    vi.useFakeTimers();
    const { drafts, kept } = browser.open("a");
    drafts.write(BOX, "x".repeat(100_000), "");
    expect(browser.held.size).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(browser.held.size).toBe(1);
    drafts.write(BOX, "y".repeat(100_000), "");
    kept.flush();
    vi.useRealTimers();
    expect(browser.open("a").drafts.own(BOX).text).toBe("y".repeat(100_000));
  });
});

describe("two tabs", () => {
  test("never write into each other's box; what one holds is offered in the other", () => {
    const [one, two] = [browser.open("a").drafts, browser.open("b").drafts];
    one.write(BOX, "mine", "");
    two.write(BOX, "yours", "");
    expect([one.own(BOX).text, two.own(BOX).text]).toEqual(["mine", "yours"]);
    expect(one.words(one.offer(BOX) ?? "").text).toBe("yours");
  });
  test("sending in one leaves the words of the other alone", () => {
    const [one, two] = [browser.open("a").drafts, browser.open("b").drafts];
    one.write(BOX, "same", "");
    two.write(BOX, "same", "");
    one.sending(BOX).arrived();
    expect([one.own(BOX).text, two.own(BOX).text]).toEqual(["", "same"]);
  });
  test("taking up or discarding what an open tab holds takes nothing from it, and is not offered again", () => {
    const [one, two] = [browser.open("a").drafts, browser.open("b").drafts];
    one.write(BOX, "mine", "");
    two.takeUp(BOX, two.offer(BOX) ?? "");
    expect([one.own(BOX).text, two.own(BOX).text]).toEqual(["mine", "mine"]);
    two.write(BOX, "", "");
    expect(two.offer(BOX)).toBeNull();
    expect(browser.open("a").drafts.own(BOX).text).toBe("mine");
  });
  test("forget what belongs to somebody else, in every tab", () => {
    const [one, two] = [browser.open("a"), browser.open("b")];
    one.drafts.write("genesis:new:spark", "a secret", "");
    one.drafts.write(BOX, "mine", "");
    two.kept.forget("genesis:new:");
    one.kept.flush();
    expect(one.drafts.own("genesis:new:spark").text).toBe("");
    expect(one.drafts.own(BOX).text).toBe("mine");
    expect([...browser.held.keys()].filter((name) => name.startsWith("genesis:new:"))).toEqual([]);
  });
});

describe("what is sent", () => {
  test.each([
    ["nothing was typed meanwhile", "sent", "", ""],
    ["typing went on after it", "sent and more", "and more", ""],
    ["it was mended", "resent", "resent", "about"],
  ])("is all that is cleared: %s", (_, meanwhile, left, details) => {
    const { drafts } = browser.open("a");
    drafts.write(BOX, "sent", "about");
    const sending = drafts.sending(BOX);
    drafts.write(BOX, meanwhile, "about");
    sending.arrived();
    expect(drafts.own(BOX).text).toBe(left);
    if (details) expect(drafts.own(BOX).details).toBe(details);
  });
  test("is not cut out of other words that happen to begin with it", () => {
    const { drafts } = browser.open("a");
    drafts.write(BOX, "a", "");
    const sending = drafts.sending(BOX);
    drafts.write(BOX, "", "");
    drafts.write(BOX, "another", "");
    sending.arrived();
    expect(drafts.own(BOX).text).toBe("another");
  });
});

describe("nothing is thrown away", () => {
  test("what was put away is offered, each by itself, in the next tab too", () => {
    const { drafts } = browser.open("a");
    drafts.write(BOX, "first", "");
    drafts.putAway(BOX);
    drafts.write(BOX, "second", "");
    drafts.putAway(BOX);
    const next = browser.open("b").drafts;
    const found: string[] = [];
    for (let name = next.offer(BOX); name !== null; name = next.offer(BOX)) {
      found.push(next.words(name).text);
      next.discard(BOX, name);
    }
    expect(found.sort()).toEqual(["first", "second"]);
  });
  test("what was discarded can be had back", () => {
    const { drafts } = browser.open("a");
    drafts.leave(BOX, "words", "");
    drafts.discard(BOX, drafts.offer(BOX) ?? "");
    expect([drafts.offer(BOX), drafts.discarded(BOX)]).toEqual([null, true]);
    drafts.undo(BOX);
    expect(drafts.words(drafts.offer(BOX) ?? "").text).toBe("words");
  });
});
