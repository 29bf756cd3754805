import { type ReactNode, useEffect, useRef } from "react";
import type { Loaded } from "../lib/load.ts";
import { Note } from "./Status.tsx";
import css from "./Page.module.css";

interface PageProps {
  title: string;
  /** What stands beside the title. */
  beside?: ReactNode;
  crumbs?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its name, what can be done, what there is. */
export function Page({ title, beside, crumbs, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – brolga`;
  }, [title]);
  return (
    <div className={css.page}>
      <div>
        {crumbs && <nav className={css.crumbs} aria-label="Breadcrumb">{crumbs}</nav>}
        <div className={css.head}>
          <div className={css.title}>
            <h1 ref={heading} tabIndex={-1}>{title}</h1>
            {beside}
          </div>
          {actions && <div className={css.actions}>{actions}</div>}
        </div>
      </div>
      {children}
    </div>
  );
}

/** A part of a page under a heading. */
export function Section({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <h2>{title}</h2>
        {beside}
      </div>
      {children}
    </section>
  );
}

/** What was loaded, or that it is on its way, or why it is not there and what to do. */
export function Show<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      {of.error && (
        <Note level="bad">
          {of.error.message} {of.error.hint}{" "}
          <button type="button" className="btn small" onClick={of.reload}>Try again</button>
        </Note>
      )}
      {of.data !== undefined ? children(of.data) : !of.error && <div className={css.wait} role="status">Loading…</div>}
    </>
  );
}
