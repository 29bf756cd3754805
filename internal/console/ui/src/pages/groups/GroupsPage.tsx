import { useRef } from "react";
import { address } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { GroupPage, GroupRow, GroupSort } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count } from "../../lib/format.ts";
import { useQuery } from "../../lib/url.ts";
import { useWindow } from "../../lib/window.ts";
import { Page } from "../../parts/Page.tsx";
import { Note } from "../../parts/Status.tsx";
import { GroupTable } from "./GroupTable.tsx";

/** All groups, live. */
export default function GroupsPage() {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const filter = { q: query.get("q") ?? "", state: query.get("state") ?? "", sort: (query.get("sort") ?? "name") as GroupSort, desc: query.get("desc") === "1" };
  const key = JSON.stringify([id, filter]);
  const view = useWindow<GroupRow>(key);
  const live = useLive<GroupPage>({ kind: "groups", cluster: id, groups: { ...filter, offset: view.offset, limit: view.limit } });
  if (live.data) view.fill(view.offset, live.data.groups, live.data);
  const total = useRef(0);
  if (live.data) total.current = live.data.matched;
  const states = [...new Set([...(live.data?.states ?? []), ...(filter.state ? [filter.state] : [])])];
  return (
    <Page title="Consumer groups" beside={live.data && <span className="muted">{count(live.data.total)}</span>}
      actions={<a className="btn" href={address(api(id, "/groups.csv"), filter)} download>CSV</a>}>
      <div className="row">
        <input type="search" className="input" placeholder="Search by name ( / )" aria-label="Search groups by name" defaultValue={filter.q} onChange={(e) => set({ q: e.target.value }, true)} />
        <select className="input" aria-label="State" value={filter.state} onChange={(e) => set({ state: e.target.value || null })}>
          <option value="">All states</option>
          {states.map((s) => <option key={s}>{s}</option>)}
        </select>
      </div>
      {live.error && <Note level="bad">{live.error.message} {live.error.hint}</Note>}
      <GroupTable total={total.current} row={view.row} onRange={view.onRange} sort={{ by: filter.sort, descending: filter.desc }}
        onSort={(s) => set({ sort: s.by === "name" ? null : s.by, desc: s.descending ? "1" : null }, true)}
        empty={!live.data ? "Loading…" : filter.q || filter.state ? "No group matches." : "No groups yet: a consumer with a group id makes one."} />
    </Page>
  );
}
