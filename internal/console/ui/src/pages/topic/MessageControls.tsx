import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { post } from "../../api/client.ts";
import type { FilterVerdict } from "../../api/types.ts";
import { Check } from "../../parts/Field.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Note } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { TimeInput } from "../../parts/TimeInput.tsx";
import { FilterHelp } from "./FilterHelp.tsx";
import css from "./Messages.module.css";
import { pageSizes, type View } from "./messageQuery.ts";

interface Props {
  view: View;
  topic: string;
  partitions: number;
  set: (patch: Record<string, string | null>, replace?: boolean) => void;
  onRefresh: () => void;
  more: ReactNode;
}

/** Where to read from, of which partitions, and what to look for. */
export function MessageControls({ view, topic, partitions, set, onRefresh, more }: Props) {
  const [filtering, setFiltering] = useState(view.filter !== "");
  return (
    <div className={css.controls} role="search" aria-label={`Messages of ${topic}`}>
      <select className="input" aria-label="Read from" value={view.position} onChange={(e) => set({ from: e.target.value === "newest" ? null : e.target.value })}>
        <option value="newest">Newest first</option>
        <option value="oldest">Oldest first</option>
        <option value="offset">From an offset</option>
        <option value="time">From a time</option>
        <option value="live">Live</option>
      </select>
      {view.position === "offset" && (
        <Late value={view.offset ?? ""} label="Offset" onSet={(v) => set({ offset: v })} inputMode="numeric" placeholder="Offset" />
      )}
      {view.position === "time" && (
        <TimeInput label="Time" value={view.timestamp ?? ""} onChange={(ms) => ms && set({ time: ms })} />
      )}
      <Partitions chosen={view.partitions} total={partitions} onChange={(list) => set({ partitions: list.length > 0 ? list.join(",") : null })} />
      <Late type="search" className={css.search} value={view.q} label="Search key, value and headers" placeholder="Text in key, value, headers ( / )" onSet={(v) => set({ q: v || null })} />
      <button type="button" className="btn" aria-expanded={filtering} onClick={() => { setFiltering(!filtering); if (filtering) set({ filter: null }); }}>Filter</button>
      {view.position !== "live" && (
        <>
          <select className="input" aria-label="Messages on a page" value={view.limit} onChange={(e) => set({ limit: e.target.value })}>
            {pageSizes.map((n) => <option key={n} value={n}>{n} a page</option>)}
          </select>
          <button type="button" className="btn" onClick={onRefresh}><Icon name="refresh" /> Refresh</button>
        </>
      )}
      {more}
      <Check label="Committed only" checked={view.isolation === "read_committed"} onChange={(on) => set({ committed: on ? "1" : null })} />
      {filtering && <FilterBox value={view.filter} onSet={(f) => set({ filter: f || null })} />}
    </div>
  );
}

interface LateProps {
  value: string;
  label: string;
  placeholder: string;
  onSet: (value: string) => void;
  type?: string;
  className?: string;
  inputMode?: "numeric";
}

/** An input whose value counts on Enter, or a moment after the last key. */
function Late({ value, label, placeholder, onSet, type = "text", className = "", inputMode }: LateProps) {
  const [text, setText] = useState(value);
  const set = useRef(onSet);
  set.current = onSet;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => set.current(text), 500);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <input className={`input ${className}`} type={type} inputMode={inputMode} aria-label={label} placeholder={placeholder} value={text}
      onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === "Enter" && onSet(text)} />
  );
}

function FilterBox({ value, onSet }: { value: string; onSet: (filter: string) => void }) {
  const [text, setText] = useState(value);
  const [verdict, setVerdict] = useState<FilterVerdict>();
  const id = useId();
  useEffect(() => {
    if (!text) return setVerdict(undefined);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post<FilterVerdict>("/filters/check", { filter: text }, {}, stop.signal).then(setVerdict, () => undefined);
    }, 150);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return (
    <div className={`stack tight ${css.filter}`}>
      <div className="row">
        <input className="input mono grow" aria-label="Filter expression" aria-describedby={id} spellCheck={false} autoComplete="off" value={text}
          placeholder={'value.amount > 100 && key startsWith "order-"'} onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => e.key === "Enter" && verdict?.ok !== false && onSet(text)} />
        <button type="button" className="btn primary" disabled={verdict?.ok === false} onClick={() => onSet(text)}>Apply</button>
      </div>
      <div id={id}>
        {verdict && !verdict.ok && <Note level="bad">{verdict.problem} <code>{text.slice(0, verdict.position)}▸{text.slice(verdict.position)}</code></Note>}
        {verdict?.ok && verdict.meaning && <p className="muted">Understood as <code>{verdict.meaning}</code></p>}
      </div>
      <FilterHelp />
    </div>
  );
}

/** Which partitions to read: all, or some. */
function Partitions({ chosen, total, onChange }: { chosen: number[]; total: number; onChange: (list: number[]) => void }) {
  const id = useId();
  const pop = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const open = () => {
    const at = button.current!.getBoundingClientRect();
    pop.current!.showPopover();
    pop.current!.style.top = `${at.bottom + 4}px`;
    pop.current!.style.left = `${Math.max(8, Math.min(at.left, innerWidth - pop.current!.offsetWidth - 8))}px`;
  };
  const toggle = (p: number) => onChange(chosen.includes(p) ? chosen.filter((c) => c !== p) : [...chosen, p].sort((a, b) => a - b));
  const label = chosen.length === 0 ? "All partitions" : chosen.length <= 3 ? `Partition ${chosen.join(", ")}` : `${chosen.length} partitions`;
  return (
    <>
      <button ref={button} type="button" className="btn" aria-haspopup="dialog" aria-controls={id} onClick={open}>{label} <Icon name="down" size={14} /></button>
      <div ref={pop} id={id} popover="auto" role="dialog" aria-label="Partitions" className="popover stack tight">
        <div className="row"><Term name="partition">Partitions</Term> <button type="button" className="btn small" onClick={() => onChange([])}>All</button></div>
        <div className={css.partitions}>
          {Array.from({ length: total }, (_, p) => <Check key={p} label={String(p)} checked={chosen.includes(p)} onChange={() => toggle(p)} />)}
        </div>
      </div>
    </>
  );
}
