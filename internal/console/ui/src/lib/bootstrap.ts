import { get } from "../api/client.ts";
import type { Connect } from "../api/types.ts";
import { api, useCluster } from "./cluster.ts";
import { useLoad } from "./load.ts";

/** Where command lines that the page makes up itself connect to. */
export function useBootstrap(): string {
  const { id } = useCluster();
  const connect = useLoad(`connect/${id}`, (signal) => get<Connect>(api(id, "/connect"), {}, signal)).data;
  return connect?.bootstrap.split(",")[0] || "localhost:9092";
}
