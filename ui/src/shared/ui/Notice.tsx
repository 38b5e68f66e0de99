// Something that the writer should know: what, why, what is safe, and what to do about it.
import type { ReactNode } from "react";
import classes from "./Notice.module.css";

interface NoticeProps {
  tone: "calm" | "warning" | "danger";
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  /** Spoken at once by screen readers. */
  alert?: boolean;
}

export function Notice({ tone, title, children, action, alert = false }: NoticeProps) {
  return (
    <div className={classes["notice"]} data-notice data-tone={tone} role={alert ? "alert" : undefined}>
      <div className={classes["words"]}>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {action && <div className={classes["action"]}>{action}</div>}
    </div>
  );
}
