// A text of a chosen part with its label.
import classes from "./Figure.module.css";

export function Labelled({ label, text }: { label: string; text: string }) {
  return (
    <p>
      <span className={classes["label"]}>{label}</span>
      <br />
      <span dir="auto">{text}</span>
    </p>
  );
}
