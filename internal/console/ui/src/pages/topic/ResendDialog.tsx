import { useState } from "react";
import type { Message, Produced, Resend } from "../../api/types.ts";
import { seg } from "../../api/client.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";

/** Writes a message once more, to its topic or to another. */
export function ResendDialog({ topic, message: m, onClose }: { topic: string; message: Message; onClose: () => void }) {
  const { id } = useCluster();
  const [target, setTarget] = useState(topic);
  const body: Resend = { messages: [{ partition: m.partition, offset: m.offset }], topic: target };
  return (
    <ChangeDialog<Produced> title="Send again" action="Send" onClose={onClose}
      change={target ? { method: "POST", path: api(id, `/topics/${seg(topic)}/messages/resend`), body } : undefined}>
      <p>The bytes of key, value and headers are written as they are, as a new record.</p>
      <Field label="Topic"><input className="input" value={target} onChange={(e) => setTarget(e.target.value.trim())} /></Field>
    </ChangeDialog>
  );
}
