// A button that, when it cannot be used, stays reachable and says why.
import { ActionIcon, Button, VisuallyHidden, type ActionIconProps, type ButtonProps } from "@mantine/core";
import { createContext, useContext, useId, type MouseEvent, type ReactNode } from "react";
import { Hint } from "./Hint";

/** The reason for which buttons are left out, where it holds for good and for all: explaining it at each helps nobody. */
export const RefusedHere = createContext<string | null>(null);

interface Guard {
  /** Why it cannot be used now; null: it can. */
  why: string | null;
  onClick: () => void;
  "data-testid"?: string | undefined;
}

function guarded(why: string | null, id: string, onClick: () => void) {
  const refused = why !== null;
  return {
    "aria-disabled": refused || undefined,
    "data-disabled": refused || undefined,
    "aria-describedby": refused ? id : undefined,
    onClick: (event: MouseEvent) => {
      if (refused) event.preventDefault();
      else onClick();
    },
  };
}

function Reason({ why, id, children }: { why: string | null; id: string; children: ReactNode }) {
  return (
    <Hint label={why} touch>
      {children}
      {why !== null && <VisuallyHidden id={id}>{why}</VisuallyHidden>}
    </Hint>
  );
}

export function GuardedButton({ why, onClick, ...rest }: ButtonProps & Guard & { children: ReactNode }) {
  const id = useId();
  const here = useContext(RefusedHere);
  if (why !== null && why === here) return null;
  return (
    <Reason why={why} id={id}>
      <Button {...rest} {...guarded(why, id, onClick)} />
    </Reason>
  );
}

export function GuardedIcon({
  why,
  onClick,
  label,
  pressed,
  ...rest
}: ActionIconProps & Guard & { label: string; pressed?: boolean; tabIndex?: number; "data-field-tool"?: boolean; children: ReactNode }) {
  const id = useId();
  const here = useContext(RefusedHere);
  if (why !== null && why === here) return null;
  return (
    <Hint label={why || label}>
      <ActionIcon {...rest} aria-label={label} aria-pressed={pressed} {...guarded(why, id, onClick)} />
      {why !== null && <VisuallyHidden id={id}>{why}</VisuallyHidden>}
    </Hint>
  );
}
