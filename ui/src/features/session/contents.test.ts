import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";
import type { Feedback, Proposal, SessionState, StageView } from "@/shared/api/types";

let asked: string[] = [];
let answer: (address: string) => unknown = () => null;

// the client takes both when it is loaded
vi.stubGlobal("window", { location: { origin: "http://studio" } });
vi.stubGlobal("fetch", (request: Request) => {
  asked.push(request.url.replace("http://studio/api/v1/genesis/s", ""));
  const body = answer(request.url);
  if (body === null) return Promise.reject(new TypeError("no network"));
  return Promise.resolve(new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } }));
});
const { keepContents, proposalQuery, readSaid, titleOf, withEarlier } = await import("./contents");

const proposal = (version: number, more: Partial<Proposal> = {}): Proposal => ({
  id: `p${version}`,
  version,
  content: { title: `Title ${version}` },
  origin: "human",
  revision_of: null,
  adjustments: [],
  created_at: "2026-01-01T00:00:00Z",
  ...more,
});
const omitted = (version: number): Proposal => proposal(version, { content: null, omitted: true, title: "Left out" });
const state = (proposals: Proposal[]): SessionState =>
  ({ session_id: "s", stages: [{ stage: "PLOT_OUTLINE", proposals } as unknown as StageView] }) as unknown as SessionState;

beforeEach(() => {
  asked = [];
});

test("a content that is left out is asked for by its id, once", async () => {
  const cache = new QueryClient();
  answer = () => proposal(3);
  keepContents(cache, state([omitted(3)]));
  expect((await cache.fetchQuery(proposalQuery("s", "p3"))).content).toEqual({ title: "Title 3" });
  expect((await cache.fetchQuery(proposalQuery("s", "p3"))).content).toEqual({ title: "Title 3" });
  expect(asked).toEqual(["/proposals/p3"]);
});

test("what a state brought along is kept when a later one leaves it out", async () => {
  const cache = new QueryClient();
  keepContents(cache, state([proposal(1)]));
  keepContents(cache, state([omitted(1), proposal(2)]));
  expect((await cache.fetchQuery(proposalQuery("s", "p1"))).content).toEqual({ title: "Title 1" });
  expect(asked).toEqual([]);
});

test("what could not be had is asked for again", async () => {
  const cache = new QueryClient();
  answer = () => null;
  await expect(cache.fetchQuery({ ...proposalQuery("s", "p1"), retry: false })).rejects.toThrow();
  answer = () => proposal(1);
  expect((await cache.fetchQuery(proposalQuery("s", "p1"))).id).toBe("p1");
});

test("what was said is put together from its pages, oldest first", async () => {
  const said = (n: number) => ({ id: `f${n}`, proposal_id: "p1", text: `word ${n}` }) as unknown as Feedback;
  answer = (address) =>
    address.includes("cursor=7") ? { items: [said(1)], next_cursor: null } : { items: [said(3), said(2)], next_cursor: "7" };
  expect((await readSaid("s", "PLOT_OUTLINE", "p1")).map(({ id }) => id)).toEqual(["f1", "f2", "f3"]);
  expect(asked).toEqual([
    "/stages/PLOT_OUTLINE/feedback?proposal_id=p1&limit=200",
    "/stages/PLOT_OUTLINE/feedback?proposal_id=p1&limit=200&cursor=7",
  ]);
});

test("earlier proposals stand before what the state shows, each once", () => {
  const shown = [proposal(3), proposal(4)];
  expect(withEarlier(shown, [omitted(4), omitted(2), omitted(1)]).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  expect(withEarlier(shown, [omitted(4)]).at(-1)?.content).not.toBeNull();
});

test("a proposal has its title without its content", () => {
  expect(titleOf("CONCEPT_SELECTION", omitted(1))).toBe("Left out");
  expect(titleOf("CONCEPT_SELECTION", proposal(1))).toBe("Title 1");
  expect(titleOf("PLOT_OUTLINE", proposal(1))).toBe("");
});
