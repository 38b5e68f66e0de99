import { describe, expect, test } from "vitest";
import type { Proposal } from "@/shared/api/types";
import { rounds, toggleShortlist } from "./rounds";

const proposal = (version: number, created_at: string): Proposal => ({
  id: `p${version}`,
  version,
  content: {},
  origin: "ai",
  revision_of: null,
  adjustments: [],
  created_at,
});

test("the newest round comes first, each in its own order", () => {
  const given = [proposal(1, "a"), proposal(2, "a"), proposal(3, "b")];
  expect(rounds(given).map((round) => round.map((item) => item.version))).toEqual([[3], [1, 2]]);
});

describe("the shortlist", () => {
  test("holds one to three", () => {
    expect(toggleShortlist([], "a")).toEqual(["a"]);
    expect(toggleShortlist(["a"], "a")).toBeNull();
    expect(toggleShortlist(["a", "b", "c"], "d")).toBeNull();
    expect(toggleShortlist(["a", "b"], "a")).toEqual(["b"]);
  });
});
