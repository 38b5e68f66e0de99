// Who wrote what while a content is read. Absent where nobody asked: then texts are only texts.
import { createContext, useContext } from "react";

export type Author = "ai" | "muse" | "edited" | "person";

/** Consecutive characters of one author; `step`: the number of the step that wrote them. */
export interface Piece {
  text: string;
  step: number;
  /** `edited`: an AI's or the muse's characters in a text that a person changed. */
  by: Author;
}

export type Sentence = readonly Piece[];

export interface Origins {
  /** The whole value at this pointer; null: nothing is known of it. */
  authorOf: (path: string) => Author | null;
  /** `text` as it stands at this pointer, sentence by sentence; one sentence where it is no text, but a choice or a name. */
  sentencesOf: (path: string, text: string) => readonly Sentence[];
  /** Opens what is known of a sentence. */
  open: (path: string, place: number, sentence: Sentence) => void;
  chosen: { path: string; place: number } | null;
}

export const OriginsContext = createContext<Origins | null>(null);

export function useOrigins(): Origins | null {
  return useContext(OriginsContext);
}
