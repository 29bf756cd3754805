import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useLocation } from "wouter";
import { get } from "../api/client.ts";
import type { BrokerList, GroupPage, TopicPage } from "../api/types.ts";
import { api, to, useCluster } from "../lib/cluster.ts";
import { change } from "../lib/settings.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { Icon, type IconName } from "../parts/Icon.tsx";
import css from "./Palette.module.css";
import { places } from "./Rail.tsx";

interface Entry {
  name: string;
  kind: string;
  icon: IconName;
  run: () => void;
}

/** Ctrl-K: every place, topic, group, broker and a few actions by a part of their name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const entries = useEntries(text, onClose);
  const current = Math.min(at, Math.max(entries.length - 1, 0));
  useEffect(() => {
    document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: "nearest" });
  }, [id, current]);
  const onKey = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown") setAt(Math.min(current + 1, entries.length - 1));
    else if (e.key === "ArrowUp") setAt(Math.max(current - 1, 0));
    else if (e.key === "Enter") entries[current]?.run();
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <div className={css.box}>
        <input className={`input ${css.input}`} data-first value={text} placeholder="A page, topic, group, broker or action"
          role="combobox" aria-expanded="true" aria-controls={id} aria-activedescendant={entries.length ? `${id}-${current}` : undefined}
          aria-label="Go to" onChange={(e) => { setText(e.target.value); setAt(0); }} onKeyDown={onKey} />
        <ul className={css.list} id={id} role="listbox" aria-label="Matches">
          {entries.map((e, i) => (
            <li key={`${e.kind}/${e.name}`} id={`${id}-${i}`} role="option" aria-selected={i === current}
              className={`${css.item} ${i === current ? css.active : ""}`} onClick={e.run} onMouseMove={() => setAt(i)}>
              <Icon name={e.icon} /> <span className="clip">{e.name}</span> <span className={css.kind}>{e.kind}</span>
            </li>
          ))}
        </ul>
        {entries.length === 0 && <p className="muted">Nothing has that in its name.</p>}
      </div>
    </Dialog>
  );
}

function useEntries(text: string, onClose: () => void): Entry[] {
  const cluster = useCluster();
  const [, navigate] = useLocation();
  const [found, setFound] = useState<Entry[]>([]);
  const go = (path: string) => () => {
    onClose();
    navigate(path);
  };
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void search(), 120);
    const search = async () => {
      const c = cluster.id;
      const query = { q: text, limit: 20 };
      const [topics, groups, brokers] = await Promise.allSettled([
        get<TopicPage>(api(c, "/topics"), { ...query, internal: true }, stop.signal),
        get<GroupPage>(api(c, "/groups"), query, stop.signal),
        get<BrokerList>(api(c, "/brokers"), {}, stop.signal),
      ]);
      if (stop.signal.aborted) return;
      const list: Entry[] = [];
      if (topics.status === "fulfilled") for (const t of topics.value.topics) list.push({ name: t.name, kind: "Topic", icon: "topics", run: go(to.topic(c, t.name)) });
      if (groups.status === "fulfilled") for (const g of groups.value.groups) list.push({ name: g.name, kind: "Group", icon: "groups", run: go(to.group(c, g.name)) });
      if (brokers.status === "fulfilled")
        for (const b of brokers.value.brokers) {
          const name = `Broker ${b.id}`;
          if (name.toLowerCase().includes(text.toLowerCase())) list.push({ name, kind: `${b.host}:${b.port}`, icon: "brokers", run: go(to.broker(c, b.id)) });
        }
      setFound(list);
    };
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text, cluster.id]);

  const act = (run: () => void) => () => { onClose(); run(); };
  const fixed: Entry[] = [
    ...places.filter((p) => !p.labOnly || cluster.lab).map((p): Entry => ({ name: p.name, kind: "Page", icon: p.icon, run: go(to.cluster(cluster.id, p.page)) })),
    { name: "Clusters", kind: "Page", icon: "plus", run: go("/clusters") },
    { name: "Create a topic", kind: "Action", icon: "plus", run: go(`${to.cluster(cluster.id, "topics")}?create=1`) },
    { name: "Dark theme", kind: "Action", icon: "moon", run: act(() => change({ theme: "dark" })) },
    { name: "Light theme", kind: "Action", icon: "sun", run: act(() => change({ theme: "light" })) },
    { name: "Times in UTC", kind: "Action", icon: "clock", run: act(() => change({ zone: "UTC" })) },
    { name: "Local times", kind: "Action", icon: "clock", run: act(() => change({ zone: "local" })) },
  ];
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...fixed.filter((e) => words.every((w) => e.name.toLowerCase().includes(w))), ...found];
}
