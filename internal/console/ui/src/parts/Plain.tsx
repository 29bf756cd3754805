import type { ReactNode } from "react";
import css from "./Plain.module.css";

/** A short table, whole on the page. head and rows are tr elements. */
export function PlainTable({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <div className={css.wrap} tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
      <table className={css.table} aria-label={label}>
        <thead>{head}</thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Facts about one thing, each with its name. */
export function Facts({ facts }: { facts: [ReactNode, ReactNode, string?][] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value, key], i) => (
        <div key={key ?? (typeof name === "string" ? name : i)}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What to do where nothing is yet. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
