// What the editor holds: paragraphs with ids, line breaks in them, and nothing else. A paragraph's text is its block's, letter for letter.
import { Schema } from "prosemirror-model";

export const schema = new Schema({
  nodes: {
    doc: { content: "paragraph+" },
    paragraph: {
      content: "inline*",
      attrs: { id: { default: null } },
      // what is pasted is new: ids are never read from a page
      parseDOM: [{ tag: "p" }],
      toDOM: () => ["p", { dir: "auto" }, 0],
    },
    text: { group: "inline" },
    line_break: {
      group: "inline",
      inline: true,
      selectable: false,
      leafText: () => "\n",
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
  },
});

export const paragraph = schema.nodes.paragraph;
export const lineBreak = schema.nodes.line_break;
