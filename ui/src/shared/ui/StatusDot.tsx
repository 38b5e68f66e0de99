// A status as a small shape beside its word: never by colour alone.
import classes from "./StatusDot.module.css";

export function StatusDot({ status }: { status: string }) {
  return <span className={classes["dot"]} data-status={status} aria-hidden="true" />;
}
