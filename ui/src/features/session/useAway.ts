// Whether the studio is away. A blink of the network is nobody's business.
import { useEffect, useState } from "react";
import type { Live } from "./live";

const SAID_AFTER_MS = 1500;

export function useAway(connection: Live["connection"]): boolean {
  const lost = connection === "lost";
  const [away, setAway] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAway(lost), lost ? SAID_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [lost]);
  return away;
}
