import { useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client.ts";
import type { Connect } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { useLoad } from "../../lib/load.ts";
import { Command, CopyButton } from "../../parts/Command.tsx";
import { Section, Show } from "../../parts/Page.tsx";
import css from "./Overview.module.css";

/** How to reach the cluster with one's own client, ready to be copied. */
export function ConnectCard({ firstRun }: { firstRun: boolean }) {
  const { id } = useCluster();
  const loaded = useLoad(`connect/${id}`, (signal) => get<Connect>(api(id, "/connect"), {}, signal));
  const [chosen, setChosen] = useState("host");
  return (
    <Section title={firstRun ? "Welcome. Connect your first client" : "Connect a client"}
      beside={firstRun && <span className="muted">or <Link href={to.cluster(id, "learn")}>take the guided tour</Link></span>}>
      <Show of={loaded}>
        {(c) => {
          const snippet = c.snippets.find((s) => s.id === chosen) ?? c.snippets[0];
          return (
            <>
              <Command text={c.bootstrap} />
              {c.advertised.map((a) => (
                <p key={a.broker} className="muted">Broker {a.broker} tells clients to connect to <code>{a.host}:{a.port}</code>. {a.note}</p>
              ))}
              <div className={css.choices} role="group" aria-label="Client">
                {c.snippets.map((s) => (
                  <button key={s.id} type="button" className="btn small" aria-pressed={s.id === snippet?.id} onClick={() => setChosen(s.id)}>{s.title}</button>
                ))}
              </div>
              {snippet && (
                <div className={css.snippetBox}>
                  <pre className={css.snippet} tabIndex={0} aria-label={`${snippet.title} snippet`}>{snippet.text}</pre>
                  <span className={css.snippetCopy}><CopyButton text={snippet.text} label="Copy the snippet" /></span>
                </div>
              )}
            </>
          );
        }}
      </Show>
    </Section>
  );
}
