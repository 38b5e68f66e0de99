// The paragraph that the address names is selected, and in sight, when the chapter opens; `#id:from-to`: characters of it.
import { useEffect } from "react";
import { useLocation } from "react-router";
import { editorOnPage, selectIn } from "./editor/places";

const PLACE = /^#([0-9a-f-]{36})(?::(\d+)-(\d+))?$/;

export function placeName(id: string, from: number, to: number): string {
  return `#${id}:${from}-${to}`;
}

export function useNamedPlace() {
  const { hash, key } = useLocation();
  useEffect(() => {
    const [, id, from, to] = PLACE.exec(hash) ?? [];
    const view = editorOnPage();
    if (id === undefined || view === null) return;
    selectIn(view, id, from === undefined ? 0 : Number(from), to === undefined ? undefined : Number(to));
  }, [hash, key]);
}
