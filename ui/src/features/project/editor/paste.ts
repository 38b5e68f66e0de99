// What is pasted becomes paragraphs, whatever it was; what is copied is text with blank lines between them.
import { Fragment, Slice, type ResolvedPos } from "prosemirror-model";
import { cleaned, paragraphs } from "../blocks";
import { inlines } from "./document";
import { paragraph } from "./schema";

/** Paragraphs end at blank lines; where there are none, every line is one. */
export function pastedParagraphs(text: string): string[] {
  const blocks = paragraphs(text);
  if (blocks.length > 1) return blocks;
  return blocks.flatMap((block) => block.split("\n")).filter((line) => line.trim() !== "");
}

export function clipboardTextParser(text: string, _context: ResolvedPos, plain: boolean): Slice {
  const blocks = plain ? paragraphs(text) : pastedParagraphs(text);
  if (blocks.length === 0) return new Slice(Fragment.from(inlines(cleaned(text))), 0, 0);
  return new Slice(Fragment.from(blocks.map((block) => paragraph.create(null, inlines(block)))), 1, 1);
}

export function clipboardTextSerializer(slice: Slice): string {
  return slice.content.textBetween(0, slice.content.size, "\n\n", (leaf) => leaf.type.spec.leafText?.(leaf) ?? "");
}

/** Rules of other programs for a break between scenes become the book's own sign. */
export function transformPastedHTML(html: string): string {
  return html.replace(/<hr\b[^>]*>/gi, "<p>***</p>");
}
