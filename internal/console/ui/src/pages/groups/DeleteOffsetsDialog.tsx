import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { DeletedOffsets, Group } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";

/** Removes a group's bookmarks in one topic. */
export function DeleteOffsetsDialog({ group: g, onClose }: { group: Group; onClose: () => void }) {
  const { id } = useCluster();
  const topics = [...new Set(g.offsets.map((o) => o.topic))];
  const [topic, setTopic] = useState(topics[0] ?? "");
  return (
    <ChangeDialog<DeletedOffsets> title={`Delete offsets of ${g.name}`} action="Delete" danger onClose={onClose}
      change={topic ? { method: "POST", path: api(id, `/groups/${seg(g.name)}/delete-offsets`), body: { topic } } : undefined}>
      <Field label="Topic">
        <select className="input" value={topic} onChange={(e) => setTopic(e.target.value)}>{topics.map((t) => <option key={t}>{t}</option>)}</select>
      </Field>
      <p>The group forgets where it was in this topic. It must not be subscribed to it.</p>
    </ChangeDialog>
  );
}
