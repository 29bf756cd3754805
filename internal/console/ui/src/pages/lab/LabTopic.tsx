import { Link } from "wouter";
import { useLive } from "../../api/live.ts";
import type { Topic, TopicPage } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { useQuery } from "../../lib/url.ts";
import { Section } from "../../parts/Page.tsx";
import { Empty } from "../../parts/Plain.tsx";
import { Term } from "../../parts/Term.tsx";
import { Placement } from "../topic/Placement.tsx";

/** How many topics can be chosen from. */
const most = 100;

/** Where one topic's leaders and replicas are, live beside the buttons that move them. */
export function LabTopic() {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const all = useLive<TopicPage>({ kind: "topics", cluster: id, topics: { q: "", internal: true, sort: "name", desc: false, health: "", offset: 0, limit: most } }).data;
  const fit = (all?.topics ?? []).filter((t) => t.replicationFactor > 1);
  const asked = query.get("topic");
  const shown = fit.find((t) => t.name === asked) ?? fit.find((t) => !t.internal) ?? fit[0];
  if (!all) return null;
  if (!shown) {
    return (
      <Empty title="No topic has more than one replica">
        <p>With one copy of everything there is nobody to take over.</p>
        <Link className="btn primary" href={`${to.cluster(id, "topics")}?create=1`}>Create one with replication factor 3</Link>
      </Empty>
    );
  }
  return (
    <Section title="Who leads, who follows" beside={
      <select className="input" aria-label="Topic to watch" value={shown.name} onChange={(e) => set({ topic: e.target.value }, true)}>
        {fit.map((t) => <option key={t.name}>{t.name}</option>)}
      </select>
    }>
      <Live key={shown.name} name={shown.name} />
      <p className="muted">
        A column is a partition: its <Term name="leader">leader</Term>, the <Term name="replica">replicas</Term> in the <Term name="isr">in-sync set</Term>, and who is behind or away. <Link href={to.topic(id, shown.name, "partitions")}>All about its partitions</Link>
      </p>
    </Section>
  );
}

function Live({ name }: { name: string }) {
  const { id } = useCluster();
  const topic = useLive<Topic>({ kind: "topic", cluster: id, topic: name }).data;
  return topic ? <Placement partitions={topic.partitionList} /> : <div role="status">Loading…</div>;
}
