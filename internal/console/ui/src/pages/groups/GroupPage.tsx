import { useState } from "react";
import { Link, useLocation } from "wouter";
import { seg } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { Group, ResetResult } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { count, duration, rate } from "../../lib/format.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Command } from "../../parts/Command.tsx";
import { Menu } from "../../parts/Menu.tsx";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { Facts } from "../../parts/Plain.tsx";
import { Note } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { TimeChart } from "../../parts/TimeChart.tsx";
import { Trend } from "../../parts/Trend.tsx";
import { DeleteOffsetsDialog } from "./DeleteOffsetsDialog.tsx";
import { GroupOffsets } from "./GroupOffsets.tsx";
import { GroupState } from "./GroupTable.tsx";
import { Members } from "./Members.tsx";
import { ResetDialog } from "./ResetDialog.tsx";
import { UndoReset } from "./UndoReset.tsx";

/** One group: how far behind, why, who reads what. */
export default function GroupPage({ group }: { group: string }) {
  const { id, readOnly } = useCluster();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<"reset" | "offsets" | "delete">();
  const [moved, setMoved] = useState<ResetResult>();
  const live = useLive<Group>({ kind: "group", cluster: id, group });
  const close = () => setOpen(undefined);
  return (
    <Page title={group} crumbs={<Link href={to.cluster(id, "groups")}>Consumer groups</Link>} beside={live.data && <GroupState state={live.data.state} />}
      actions={<>
        <button type="button" className="btn" disabled={readOnly} onClick={() => setOpen("reset")}>Reset offsets…</button>
        <Menu label="More" items={[
          { name: "Delete offsets of a topic…", run: () => setOpen("offsets"), disabled: readOnly, danger: true },
          { name: "Delete group…", run: () => setOpen("delete"), disabled: readOnly, danger: true },
        ]} />
      </>}>
      {moved && <UndoReset group={group} result={moved} onGone={() => setMoved(undefined)} />}
      <Show of={{ ...live, loading: false, reload: () => undefined }}>
        {(g) => (
          <>
            <Summary group={g} />
            <Section title="Why is it behind?">
              {g.why.map((f) => <Note key={f.code + f.sentence} level={f.status}>{f.sentence} {f.fix}{f.command && <Command text={f.command} />}</Note>)}
            </Section>
            <Section title="Lag over time">
              <TimeChart label={`Lag of ${group}`} times={g.history.times} series={[{ name: "Lag", values: g.history.values }]} format={(v) => count(Math.round(v))} />
            </Section>
            <Section title="Members" beside={<span className="muted">{g.memberList.length === 0 ? "nobody is connected" : count(g.memberList.length)}</span>}><Members members={g.memberList} /></Section>
            <Section title="Partitions"><GroupOffsets offsets={g.offsets} /></Section>
          </>
        )}
      </Show>
      {open === "reset" && live.data && <ResetDialog group={live.data} onClose={close} onDone={setMoved} />}
      {open === "offsets" && live.data && <DeleteOffsetsDialog group={live.data} onClose={close} />}
      {open === "delete" && (
        <ChangeDialog title={`Delete ${group}`} action="Delete" danger confirm={group} onClose={close} change={{ method: "DELETE", path: api(id, `/groups/${seg(group)}`) }}
          onDone={() => setTimeout(() => navigate(to.cluster(id, "groups")))}>
          <p>Its bookmarks are gone for good. Whoever comes back under this id begins where <code>auto.offset.reset</code> says.</p>
        </ChangeDialog>
      )}
    </Page>
  );
}

function Summary({ group: g }: { group: Group }) {
  return (
    <Facts facts={[
      [<Term name="lag">Lag</Term>, g.lag === "-1" ? "no bookmarks" : count(g.lag), "lag"],
      [<Term name="timeBehind">Time behind</Term>, duration(g.timeBehind), "behind"],
      ["Trend", <Trend trend={g.trend} />],
      ["Caught up in", g.drainMs === undefined ? "–" : duration(g.drainMs)],
      ["Written to its topics", rate(g.in)],
      ["Committed", rate(g.out)],
      ["Members", count(g.members)],
      ["Coordinator", g.coordinator < 0 ? "–" : `broker ${g.coordinator}`],
      ["Assignor", g.assignor || "–"],
    ]} />
  );
}
