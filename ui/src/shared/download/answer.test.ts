import { describe, expect, it } from "vitest";
import { missingIn, nameIn } from "./answer";

describe("a file that is downloaded", () => {
  it("is called what the server says, in any script", () => {
    const header = "attachment; filename=\"bible.epub\"; filename*=UTF-8''%E7%9B%90%E9%92%9F%20%F0%9F%A6%8A.epub";
    expect(nameIn(header)).toBe("盐钟 🦊.epub");
    expect(nameIn("attachment; filename=x.epub")).toBeNull();
    expect(nameIn("attachment; filename*=UTF-8''%E7%9")).toBeNull();
    expect(nameIn(null)).toBeNull();
  });

  it("tells what it lacks, and nothing where it lacks nothing", () => {
    expect(missingIn('[{"characters": "\\ud55c", "places": ["", "Concept"]}]')).toEqual([
      { characters: "한", places: ["", "Concept"] },
    ]);
    expect(missingIn(null)).toEqual([]);
    expect(missingIn("no json")).toEqual([]);
  });
});
