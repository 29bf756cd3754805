import { Link, useLocation } from "wouter";
import css from "./Tabs.module.css";

/** Views of one thing, each with an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: { name: string; to: string }[] }) {
  const [path] = useLocation();
  return (
    <nav className={css.tabs} aria-label={label}>
      {tabs.map((t) => (
        <Link key={t.to} href={t.to} className={`${css.tab} ${path === t.to ? css.current : ""}`}
          aria-current={path === t.to ? "page" : undefined}>
          {t.name}
        </Link>
      ))}
    </nav>
  );
}
