import { useState } from "react";
import { get } from "../../api/client.ts";
import type { BulkResult, BulkTopics, TopicDefaults } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { plural } from "../../lib/format.ts";
import { useLoad } from "../../lib/load.ts";
import { toast } from "../../lib/toast.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { ConfigLine } from "./CreateTopic.tsx";

interface Props {
  action: "delete" | "purge" | "config";
  topics: string[];
  onClose: () => void;
  onDone: () => void;
}

const says = {
  delete: "They and all their records are gone for good.",
  purge: "All records that are there now are deleted; the topics stay, and their offsets go on counting.",
  config: "The same value is set on each of them; other values stay.",
};
const names = { delete: "Delete", purge: "Purge", config: "Change a config of" };

/** One thing done to several topics. */
export function BulkDialog({ action, topics, onClose, onDone }: Props) {
  const { id } = useCluster();
  const [[name, value], setConfig] = useState<[string, string]>(["", ""]);
  const defaults = useLoad(`defaults/${id}`, (signal) => get<TopicDefaults>(api(id, "/topic-defaults"), {}, signal)).data;
  const body: BulkTopics = { action, topics };
  if (action === "config") {
    if (value === "") body.unset = [name];
    else body.set = { [name]: value };
  }
  return (
    <ChangeDialog<BulkResult> title={`${names[action]} ${plural(topics.length, "topic")}`} action={names[action].split(" ")[0]!} danger={action !== "config"}
      confirm={action === "config" ? undefined : topics.length === 1 ? topics[0] : String(topics.length)} onClose={onClose}
      change={action === "config" && !name ? undefined : { method: "POST", path: api(id, "/topics/bulk"), body }}
      onDone={(result) => {
        for (const r of result.results) if (!r.ok) toast("bad", `${r.name}: ${r.problem ?? "failed"}`);
        onDone();
      }}>
      <p>{says[action]}</p>
      <ul>{topics.slice(0, 10).map((t) => <li key={t}>{t}</li>)}{topics.length > 10 && <li>and {topics.length - 10} more</li>}</ul>
      {action === "config" && <ConfigLine docs={defaults?.configs ?? []} name={name} value={value} onChange={(n, v) => setConfig([n, v])} onRemove={() => setConfig(["", ""])} />}
    </ChangeDialog>
  );
}
