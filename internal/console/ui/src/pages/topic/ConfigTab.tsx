import { get, seg } from "../../api/client.ts";
import type { ConfigList } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { useLoad } from "../../lib/load.ts";
import { ConfigTable } from "../../parts/ConfigTable.tsx";

/** The configs of a topic. */
export function ConfigTab({ topic }: { topic: string }) {
  const { id } = useCluster();
  const path = api(id, `/topics/${seg(topic)}/configs`);
  const loaded = useLoad(path, (signal) => get<ConfigList>(path, {}, signal));
  return <ConfigTable loaded={loaded} path={path} own={["topic"]} />;
}
