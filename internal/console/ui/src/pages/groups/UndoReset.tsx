import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { Reset, ResetResult } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { plural } from "../../lib/format.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Note } from "../../parts/Status.tsx";

/** Offers to bring back the bookmarks that a reset has moved. */
export function UndoReset({ group, result, onGone }: { group: string; result: ResetResult; onGone: () => void }) {
  const { id } = useCluster();
  const [asking, setAsking] = useState(false);
  const body: Reset = { to: "plan", offsets: result.undo };
  if (result.undo.length === 0) return null;
  return (
    <>
      <Note level="info">
        <span className="row">
          {result.message}
          <button type="button" className="btn small" onClick={() => setAsking(true)}>Undo the reset…</button>
          <button type="button" className="btn small quiet" onClick={onGone}>Keep it</button>
        </span>
      </Note>
      {asking && (
        <ChangeDialog title={`Undo the reset of ${group}`} action="Undo" onClose={() => setAsking(false)} onDone={onGone}
          change={{ method: "POST", path: api(id, `/groups/${seg(group)}/reset`), body }}>
          <p>The bookmarks of {plural(result.undo.length, "partition")} go back to where they were before.</p>
        </ChangeDialog>
      )}
    </>
  );
}
