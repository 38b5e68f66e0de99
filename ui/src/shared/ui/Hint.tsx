// A tooltip that is made when a pointer or the keyboard first comes to what it is about: a text has two for each field, and
// making them all takes longer than drawing the text.
import { Tooltip } from "@mantine/core";
import { useEffect, useRef, useState, type FocusEvent, type PointerEvent, type ReactNode } from "react";

interface HintProps {
  /** Null: there is nothing to say. */
  label: string | null;
  /** Whether a finger brings it up, too. */
  touch?: boolean;
  children: ReactNode;
}

export function Hint({ label, touch = false, children }: HintProps) {
  const target = useRef<HTMLSpanElement>(null);
  const [made, setMade] = useState(false);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape") setOpen(false);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [open]);
  const show = () => {
    setMade(true);
    setOpen(true);
  };
  const entered = (event: PointerEvent) => {
    if (touch || event.pointerType !== "touch") show();
  };
  const focused = (event: FocusEvent) => {
    if (event.target.matches(":focus-visible")) show();
  };
  const hide = () => setOpen(false);
  return (
    <span ref={target} style={{ display: "inline-flex" }} onPointerEnter={entered} onPointerLeave={hide} onFocus={focused} onBlur={hide}>
      {children}
      {made && <Tooltip target={target} label={label} opened={open && !!label} multiline maw={280} />}
    </span>
  );
}
