// Whether the tab that holds the connection still answers. Counted in questions, never in time: a tab that slept itself
// finds the answers to what it had asked before. Pure.

/** Milliseconds between two questions of a tab that is looked at. */
export const ASK_EVERY = 1000;

const DOUBTED_AFTER = 2;
const DEAD_AFTER = 3;

export class Watch {
  #unanswered = 0;

  heard(): void {
    this.#unanswered = 0;
  }

  /** Call it before each question. `doubt`: nothing can be heard; `dead`: somebody else has to lead. */
  asks(): "fine" | "doubt" | "dead" {
    const unanswered = this.#unanswered;
    this.#unanswered += 1;
    if (unanswered < DOUBTED_AFTER) return "fine";
    if (unanswered < DEAD_AFTER) return "doubt";
    this.#unanswered = 0;
    return "dead";
  }
}
