import { expect, test } from "vitest";
import type { Content, Proposal, StageView } from "@/shared/api/types";
import { differs } from "./accepted";

const view = (confirmed_proposal_id: string | null) => ({ confirmed_proposal_id }) as StageView;
const proposal = (content: Content | null) => ({ id: "p1", content }) as Proposal;
const content = { title: "Tides", characters: [{ id: "a", name: "Ada" }] };

test("what was accepted without a proposal is the text of none", () => {
  expect(differs(view(null), [], content)).toBe(true);
  expect(differs(view(null), [proposal(content)], null)).toBe(true);
});

test("what its proposal says too is not shown twice, in whatever order the fields come", () => {
  expect(differs(view("p1"), [proposal({ characters: [{ name: "Ada", id: "a" }], title: "Tides" })], content)).toBe(false);
});

test("another text under the name of a proposal is shown beside it", () => {
  expect(differs(view("p1"), [proposal({ ...content, title: "Ebb" })], content)).toBe(true);
  expect(differs(view("p1"), [proposal({ ...content, characters: [] })], content)).toBe(true);
});

test("a text that is not at hand is taken for the proposal's", () => {
  expect(differs(view("p1"), [proposal(null)], content)).toBe(false);
  expect(differs(view("p1"), [proposal(content)], null)).toBe(false);
  expect(differs(view("p1"), [], content)).toBe(false);
});
