import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import css from "./Status.module.css";

/** How something is: the four states of the page, and none for "nothing to say". */
export type Level = "good" | "info" | "warning" | "bad" | "none";

const icons: Record<Level, IconName> = { good: "good", warning: "warn", bad: "bad", info: "info", none: "more" };

/** A state as a colour, an icon and a word. */
export function Status({ level, children, pill = false }: { level: Level; children: ReactNode; pill?: boolean }) {
  return (
    <span className={`${css.status} ${css[level]} ${pill ? css.pill : ""}`}>
      <Icon name={icons[level]} size={14} />
      {children}
    </span>
  );
}

/** A message in the page: what is, and what to do next. */
export function Note({ level, children }: { level: Level; children: ReactNode }) {
  return (
    <div className={`${css.note} ${css[level]}`} role={level === "bad" ? "alert" : undefined}>
      <Icon name={icons[level]} />
      <div className={css.body}>{children}</div>
    </div>
  );
}
