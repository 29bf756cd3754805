import { Link } from "wouter";
import { useLive } from "../../api/live.ts";
import type { GroupPage } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { Show } from "../../parts/Page.tsx";
import { Empty } from "../../parts/Plain.tsx";
import { GroupTable } from "../groups/GroupTable.tsx";

/** The groups that read a topic. */
export function GroupsTab({ topic }: { topic: string }) {
  const { id } = useCluster();
  const live = useLive<GroupPage>({ kind: "topicGroups", cluster: id, topic });
  return (
    <Show of={{ ...live, loading: false, reload: () => undefined }}>
      {(page) => page.groups.length === 0 ? (
        <Empty title="No group reads this topic">
          A consumer with a group id leaves its bookmark here. <Link href={`${to.cluster(id, "learn")}?step=group`}>See how in the tour</Link>
        </Empty>
      ) : <GroupTable total={page.groups.length} row={(i) => page.groups[i]} />}
    </Show>
  );
}
