// Who wrote which characters, from what the server tells of a stage: found by place, cut into sentences. Pure.
import type { AuthorShares, Provenance, ProvenanceStep, ValueProvenance } from "@/shared/api/types";
import type { Author, Piece, Sentence } from "@/shared/content/origins";
import { dotted } from "@/shared/content/pathName";

type Hand = ProvenanceStep["by"];

/** "/STAGE/characters/ines/name" -> "/characters/ines/name" */
export function within(path: string): string {
  const slash = path.indexOf("/", 1);
  return slash < 0 ? "" : path.slice(slash);
}

/** Values by their places with dots: the page and the server may name the same item by its id or by its place. */
export function byPlace(content: unknown, found: Provenance): Map<string, ValueProvenance> {
  const values = found.stages.flatMap((stage) => stage.values);
  return new Map(values.map((value) => [dotted(content, within(value.path)), value]));
}

/** Whose words each step brought, by its number. */
export function handsOf(found: Provenance): Map<number, Hand> {
  return new Map(found.steps.map(({ number, by }) => [number, by]));
}

/** `text` as pieces. Where the server tells of another text (a choice, a name, one that has changed) it is one piece. */
export function pieces(value: ValueProvenance, hands: ReadonlyMap<number, Hand>, text: string): Piece[] {
  const runs = value.runs ?? [];
  if (runs.length === 0 || runs.map((run) => run.text).join("") !== text) {
    return [{ text, step: value.steps[0] ?? -1, by: value.author }];
  }
  return runs
    .filter((run) => run.text !== "")
    .map((run) => {
      const hand = hands.get(run.step) ?? "ai";
      return { ...run, by: hand !== "person" && value.author === "edited" ? "edited" : hand };
    });
}

/** Cuts pieces where sentences end. */
export function sentences(of: readonly Piece[], language: string): Sentence[] {
  const ends = sentenceEnds(of.map(({ text }) => text).join(""), language);
  const found: Piece[][] = [[]];
  let at = 0;
  for (const piece of of) {
    let rest = piece.text;
    while (rest !== "") {
      const left = (ends[0] ?? Infinity) - at;
      const here = rest.slice(0, left);
      found.at(-1)?.push({ ...piece, text: here });
      at += here.length;
      rest = rest.slice(here.length);
      if (here.length === left) {
        ends.shift();
        found.push([]);
      }
    }
  }
  return found.filter((sentence) => sentence.length > 0);
}

function sentenceEnds(text: string, language: string): number[] {
  if (typeof Intl.Segmenter !== "function") return [text.length];
  return [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(text)].map(
    ({ index, segment }) => index + segment.length,
  );
}

/** Characters, as people count them, that each step wrote of a sentence. */
export function writtenBy(sentence: Sentence): Map<number, number> {
  const found = new Map<number, number>();
  for (const { text, step } of sentence) found.set(step, (found.get(step) ?? 0) + [...text].length);
  return found;
}

export interface Share {
  author: Author;
  characters: number;
  /** Of 1; null where there are no characters at all. */
  part: number | null;
}

export function sharesOf(shares: AuthorShares): Share[] {
  const muse = shares.muse ?? 0;
  const edited = shares.edited.ai + (shares.edited.muse ?? 0) + shares.edited.person;
  const total = shares.ai + muse + edited + shares.person;
  const share = (author: Author, characters: number): Share => ({ author, characters, part: total ? characters / total : null });
  // of the muse nothing is said where it wrote nothing of it
  const ofMuse = muse > 0 ? [share("muse", muse)] : [];
  return [share("ai", shares.ai), ...ofMuse, share("edited", edited), share("person", shares.person)];
}

/** Of the proposals that a step made, the one that what stands there came from. */
export function proposalMade(step: ProvenanceStep, found: Provenance): string | null {
  const later = new Set([
    ...found.steps.map(({ revision_of, proposal_id }) => revision_of ?? proposal_id ?? null),
    ...found.stages.map(({ proposal_id }) => proposal_id),
  ]);
  const made = step.made ?? [];
  return made.find((id) => later.has(id)) ?? made[0] ?? null;
}

/** A pointer and everything around it, from the outside in: "/a/b" -> "", "/a", "/a/b". */
export function around(path: string): string[] {
  const parts = path.split("/").slice(1);
  return ["", ...parts.map((_, place) => `/${parts.slice(0, place + 1).join("/")}`)];
}
