// A one-time address that was no good leads to the page with a word in its own address. Here it is read and taken away.

const WORD = "login";

/** Whether the reader comes from a one-time address that was used already or is too old. */
export function usedAddress(search: URLSearchParams): boolean {
  return search.get(WORD) === "expired";
}

export function withoutAddress(search: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(search);
  rest.delete(WORD);
  return rest;
}
