import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useLive } from "../../api/live.ts";
import { seg } from "../../api/client.ts";
import type { Produced, Topic } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { bytes, count, plural, rate } from "../../lib/format.ts";
import { useQuery } from "../../lib/url.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { Menu } from "../../parts/Menu.tsx";
import { Page } from "../../parts/Page.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import { Tabs } from "../../parts/Tabs.tsx";
import { ConfigTab } from "./ConfigTab.tsx";
import { DeleteRecordsDialog } from "./DeleteRecordsDialog.tsx";
import { GroupsTab } from "./GroupsTab.tsx";
import { MessagesTab } from "./MessagesTab.tsx";
import { PartitionsTab } from "./PartitionsTab.tsx";
import { ProduceDialog } from "./ProduceDialog.tsx";
import { ProducersTab } from "./ProducersTab.tsx";
import { Written } from "./Written.tsx";

type Open = "partitions" | "clone" | "purge" | "records" | "delete";

/** One topic: its messages first, then where they are and who reads them. */
export default function TopicPage({ topic, tab }: { topic: string; tab: string }) {
  const { id, readOnly } = useCluster();
  const [query, set] = useQuery();
  const [open, setOpen] = useState<Open>();
  const [written, setWritten] = useState<Produced>();
  const live = useLive<Topic>({ kind: "topic", cluster: id, topic });
  const t = live.data;
  const address = (name: string) => to.topic(id, topic, name);
  return (
    <Page title={topic} crumbs={<Link href={to.cluster(id, "topics")}>Topics</Link>} beside={t && <Summary topic={t} />}
      actions={<>
        <button type="button" className="btn primary" disabled={readOnly} onClick={() => set({ produce: "1" })}>Produce</button>
        <Menu label="More" items={[
          { name: "Add partitions…", run: () => setOpen("partitions"), disabled: readOnly },
          { name: "Clone…", run: () => setOpen("clone"), disabled: readOnly },
          { name: "Delete records…", run: () => setOpen("records"), disabled: readOnly },
          { name: "Purge…", run: () => setOpen("purge"), disabled: readOnly, danger: true },
          { name: "Delete topic…", run: () => setOpen("delete"), disabled: readOnly || t?.deletionDisabled, danger: true },
        ]} />
      </>}>
      {live.error && <Note level="bad">{live.error.message} {live.error.hint}</Note>}
      <Tabs label="Views of the topic" tabs={[
        { name: "Messages", to: address("messages") }, { name: "Partitions", to: address("partitions") }, { name: "Groups", to: address("groups") },
        { name: "Config", to: address("config") }, { name: "Producers", to: address("producers") },
      ]} />
      {written && <Written topic={topic} result={written} onClose={() => setWritten(undefined)} />}
      {tab === "messages" && <MessagesTab topic={topic} partitions={t?.partitions ?? 0} written={written} onWritten={setWritten} />}
      {tab === "partitions" && t && <PartitionsTab topic={t} />}
      {tab === "groups" && <GroupsTab topic={topic} />}
      {tab === "config" && <ConfigTab topic={topic} />}
      {tab === "producers" && <ProducersTab topic={topic} />}
      {query.get("produce") && <ProduceDialog topic={topic} partitions={t?.partitions ?? 0} onClose={() => set({ produce: null })} onDone={setWritten} />}
      {open && t && <Dialogs open={open} topic={t} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function Summary({ topic: t }: { topic: Topic }) {
  const records = t.records === "-1" ? "" : `${t.exact ? "" : "at most "}${plural(t.records, "record")} · `;
  return (
    <span className="row muted">
      {t.offline > 0 ? <Status level="bad" pill>{t.offline} offline</Status>
        : t.underReplicated > 0 ? <Status level="warning" pill>{t.underReplicated} under-replicated</Status>
        : <Status level="good" pill>in sync</Status>}
      {plural(t.partitions, "partition")} × {plural(t.replicationFactor, "replica")} · {records}{bytes(t.bytes)} · {rate(t.in, " records")}
    </span>
  );
}

function Dialogs({ open, topic: t, onClose }: { open: Open; topic: Topic; onClose: () => void }) {
  const { id } = useCluster();
  const [, navigate] = useLocation();
  const [value, setValue] = useState("");
  const path = api(id, `/topics/${seg(t.name)}`);
  switch (open) {
    case "partitions":
      return (
        <ChangeDialog title="Add partitions" action="Add" onClose={onClose}
          change={Number(value) > t.partitions ? { method: "POST", path: `${path}/partitions`, body: { total: Number(value) } } : undefined}>
          <Field label="Partitions afterwards" hint={`There are ${count(t.partitions)} now`}>
            <input className="input" data-first inputMode="numeric" value={value} onChange={(e) => setValue(e.target.value)} />
          </Field>
          <Note level="warning">Keys are spread over the number of partitions: after this, new records of a key may land elsewhere than the old ones. It cannot be undone.</Note>
        </ChangeDialog>
      );
    case "clone":
      return (
        <ChangeDialog title={`Clone ${t.name}`} action="Clone" onClose={onClose} onDone={() => setTimeout(() => navigate(to.topic(id, value)))}
          change={value ? { method: "POST", path: `${path}/clone`, body: { name: value } } : undefined}>
          <Field label="Name of the new topic" hint="It gets the same partitions, replicas and configs, and no records">
            <input className="input" data-first value={value} onChange={(e) => setValue(e.target.value.trim())} />
          </Field>
        </ChangeDialog>
      );
    case "records":
      return <DeleteRecordsDialog topic={t} onClose={onClose} />;
    case "purge":
      return (
        <ChangeDialog title={`Purge ${t.name}`} action="Purge" danger confirm={t.name} onClose={onClose} change={{ method: "POST", path: `${path}/purge` }}>
          <p>Every record that is there now is deleted. The topic stays, and offsets go on counting.</p>
        </ChangeDialog>
      );
    case "delete":
      return (
        <ChangeDialog title={`Delete ${t.name}`} action="Delete" danger confirm={t.name} onClose={onClose} change={{ method: "DELETE", path }}
          onDone={() => setTimeout(() => navigate(to.cluster(id, "topics")))}>
          <p>The topic and all its records are gone for good.</p>
        </ChangeDialog>
      );
  }
}
