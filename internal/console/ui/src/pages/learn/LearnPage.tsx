import { useState } from "react";
import { useLive } from "../../api/live.ts";
import type { LearnFacts } from "../../api/types.ts";
import { useBootstrap } from "../../lib/bootstrap.ts";
import { useCluster } from "../../lib/cluster.ts";
import { useQuery } from "../../lib/url.ts";
import { Command } from "../../parts/Command.tsx";
import { Field } from "../../parts/Field.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { Status } from "../../parts/Status.tsx";
import css from "./Learn.module.css";
import { remember } from "./remember.ts";
import { type Names, type Step, steps } from "./steps.tsx";

/** The tour: each step says what to do, notices when it is done, and explains what happened. */
export default function LearnPage() {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const asked = { topic: query.get("topic") || "mytopic", group: query.get("group") || "Pizza", key: query.get("key") || "my key" };
  const live = useLive<LearnFacts>({ kind: "learn", cluster: id, learn: asked });
  const names: Names = { cluster: id, bootstrap: useBootstrap(), ...asked };
  const facts = live.data;
  const seen = remember(names, facts, steps);
  const done = (s: Step) => seen.has(s.id);
  const firstOpen = steps.find((s) => !done(s)) ?? steps[0]!;
  const current = steps.find((s) => s.id === query.get("step")) ?? firstOpen;
  const next = steps[steps.indexOf(current) + 1];
  return (
    <Page title="Learn" beside={facts && <span className="muted">{steps.filter(done).length} of {steps.length} done</span>}>
      <p className={css.text}>A hands-on lab with this very cluster. Do each step here or on the command line; the page notices and explains what happened with your own data.</p>
      <div className={css.layout}>
        <ol className={css.steps} aria-label="Steps">
          {steps.map((s, i) => (
              <li key={s.id}>
                <button type="button" className={`${css.step} ${s === current ? css.current : ""}`} aria-current={s === current ? "step" : undefined} onClick={() => set({ step: s.id })}>
                  <span className={`${css.mark} ${done(s) ? css.done : ""}`}>{done(s) ? <Icon name="good" size={12} /> : i + 1}</span>
                  {s.title}<span className="sr">{done(s) ? ", done" : ""}</span>
                </button>
              </li>
          ))}
        </ol>
        <Show of={{ ...live, loading: false, reload: () => undefined }}>
          {(f) => (
            <div className="stack">
              <Section title={current.title} beside={<span role="status">{done(current) && <Status level="good">done</Status>}</span>}>
                <p className={css.text}>{current.todo(names)}</p>
                <Command text={current.command(names)} />
              </Section>
              <Section title="What happened"><div className={`stack tight ${css.text}`}>{current.told(f, names)}</div></Section>
              {next && <div><button type="button" className={`btn ${done(current) ? "primary" : ""}`} onClick={() => set({ step: next.id })}>Next: {next.title}</button></div>}
              <OwnNames names={names} set={set} />
            </div>
          )}
        </Show>
      </div>
    </Page>
  );
}

/** The tour works with other names as well. */
function OwnNames({ names, set }: { names: Names; set: (patch: Record<string, string>) => void }) {
  const [draft, setDraft] = useState({ topic: names.topic, group: names.group, key: names.key });
  return (
    <details>
      <summary>Use other names</summary>
      <form className="row" onSubmit={(e) => { e.preventDefault(); set(draft); }}>
        {(["topic", "group", "key"] as const).map((n) => (
          <Field key={n} label={n}><input className="input" value={draft[n]} onChange={(e) => setDraft({ ...draft, [n]: e.target.value })} /></Field>
        ))}
        <button type="submit" className="btn">Use</button>
      </form>
    </details>
  );
}
