import { type ReactNode, useId, useRef } from "react";
import { Link } from "wouter";
import { to, useCluster } from "../lib/cluster.ts";
import { glossary, type TermName } from "../lib/glossary.ts";
import css from "./Term.module.css";

/** A word that can be asked about: a short definition, its keys, the tour's step. */
export function Term({ name, children }: { name: TermName; children?: ReactNode }) {
  const term = glossary[name];
  const cluster = useCluster();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const pop = useRef<HTMLDivElement>(null);
  const open = () => {
    const at = button.current!.getBoundingClientRect();
    const box = pop.current!;
    box.showPopover();
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
    const below = at.bottom + 6;
    box.style.top = `${below + box.offsetHeight > innerHeight ? Math.max(8, at.top - box.offsetHeight - 6) : below}px`;
  };
  return (
    <>
      <button ref={button} type="button" className={css.term} aria-haspopup="dialog" aria-controls={id} onClick={open}>
        {children ?? term.title}
      </button>
      <div ref={pop} id={id} popover="auto" className={css.pop} role="dialog" aria-label={term.title}>
        <p className={css.name}>{term.title}</p>
        <p>{term.text}</p>
        {term.keys.length > 0 && <p className="muted">Keys: <code>{term.keys.join(", ")}</code></p>}
        {term.step && <p><Link href={`${to.cluster(cluster.id, "learn")}?step=${term.step}`}>See it in the tour</Link></p>}
      </div>
    </>
  );
}
