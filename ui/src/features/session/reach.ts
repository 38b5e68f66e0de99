// How the keyboard reaches what lies on the table without passing every lock and every fold on the way.
/** Where the skip link leads. */
export const TABLE_ID = "proposals";

/** Puts the focus on what the next proposal can be answered with; after the last one on the first again. */
export function toNextProposal(): void {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-proposal]")];
  const here = cards.findIndex((card) => card.contains(document.activeElement));
  const next = cards[(here + 1) % cards.length];
  next?.querySelector<HTMLElement>("[data-answer] button")?.focus();
}
