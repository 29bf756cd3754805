import { useState } from "react";
import { ApiError, post } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { Done, Lab, LabBroker, LabState, LabVerb, Overview } from "../../api/types.ts";
import { useCluster } from "../../lib/cluster.ts";
import { useLoad } from "../../lib/load.ts";
import { Command } from "../../parts/Command.tsx";
import { ago } from "../../lib/format.ts";
import { toast } from "../../lib/toast.ts";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import { type Level, Note, Status } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { EventList } from "../overview/EventList.tsx";
import { LabTopic } from "./LabTopic.tsx";

const levels: Record<LabState, Level> = { running: "good", paused: "warning", stopped: "bad", starting: "info", stopping: "info" };

/** What can be done to a broker in each state. */
const verbs: Record<LabState, [LabVerb, string][]> = {
  running: [["stop", "Stop"], ["kill", "Kill"], ["pause", "Freeze"]],
  paused: [["resume", "Thaw"], ["kill", "Kill"]],
  stopped: [["start", "Start"]],
  starting: [["kill", "Kill"]],
  stopping: [["kill", "Kill"]],
};

/** The brokers of a lab: stop one and watch the cluster go on. */
export default function LabPage() {
  const { id } = useCluster();
  const lab = useLive<Lab>({ kind: "lab" });
  const { readOnly } = useCluster();
  const [command, setCommand] = useState("");
  const overview = useLive<Overview>({ kind: "overview", cluster: id }).data;
  return (
    <Page title="Lab">
      <Note level="info">These brokers are here to be broken. Stop, kill or freeze one and look at the <Term name="isr">in-sync set</Term> and the <Term name="leader">leaders</Term>.</Note>
      <Show of={{ ...lab, loading: false, reload: () => undefined }}>
        {({ brokers }) => (
          <>
          <PlainTable label="Brokers of the lab" head={<tr><th>Broker</th><th>State</th><th>Do</th><th>Address</th><th className="num">Process</th><th>Since</th><th className="num">Leaders</th><th className="num">Out of sync</th></tr>}>
            {brokers.map((b) => <Row key={b.id} broker={b} overview={overview} readOnly={readOnly} onDone={setCommand} />)}
          </PlainTable>
          {brokers[0] && <Equivalent broker={brokers[0].id} done={command} />}
          </>
        )}
      </Show>
      {overview && <p><Status level={overview.verdict.status}>{overview.verdict.sentence}</Status></p>}
      <LabTopic />
      <Section title="What happens"><EventList events={overview?.events ?? []} /></Section>
    </Page>
  );
}

/** The command line of what was done last, or of what can be done. */
function Equivalent({ broker, done }: { broker: number; done: string }) {
  const trial = useLoad(`lab/${broker}`, (signal) => post<Done>(`/lab/brokers/${broker}`, { action: "stop" }, { dryRun: true }, signal)).data;
  return <Command text={done || (trial?.command ?? "")} />;
}

interface RowProps {
  broker: LabBroker;
  overview?: Overview;
  readOnly: boolean;
  onDone: (command: string) => void;
}

function Row({ broker: b, overview, readOnly, onDone }: RowProps) {
  const [busy, setBusy] = useState(false);
  const tile = overview?.brokers.find((t) => t.id === b.id);
  const act = async (action: LabVerb) => {
    setBusy(true);
    try {
      const done = await post<Done>(`/lab/brokers/${b.id}`, { action });
      toast("good", done.message, done.command);
      onDone(done.command);
    } catch (e) {
      const problem = ApiError.of(e);
      toast("bad", `${problem.message} ${problem.hint}`);
    }
    setBusy(false);
  };
  return (
    <tr>
      <td>Broker {b.id}</td>
      <td><Status level={levels[b.state]}>{b.state}</Status></td>
      <td><span className="row" style={{ flexWrap: "nowrap" }}>{verbs[b.state].map(([verb, name]) => <button key={verb} type="button" className="btn small" disabled={busy || readOnly} onClick={() => void act(verb)}>{name} broker {b.id}</button>)}</span></td>
      <td className="mono">{b.address}</td>
      <td className="num">{b.pid || "–"}</td>
      <td>{b.since ? ago(b.since, Date.now()) : "–"}</td>
      <td className="num">{tile?.leaders ?? "–"}</td>
      <td className="num">{tile?.outOfSync ?? "–"}</td>
    </tr>
  );
}
