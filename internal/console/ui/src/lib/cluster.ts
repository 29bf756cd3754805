import { createContext, useContext } from "react";
import { seg } from "../api/client.ts";
import type { Limits } from "../api/types.ts";

/** The cluster that a page is about. */
export interface ClusterContext {
  id: string;
  /** Nothing may be changed in it. */
  readOnly: boolean;
  /** Brokers can be stopped and started from the page. */
  lab: boolean;
  limits: Limits;
}

export const Cluster = createContext<ClusterContext>({ id: "", readOnly: true, lab: false, limits: { bodyBytes: 0, produceMessages: 0, previewBytes: 0, pageSize: 0, streams: 0, filterBytes: 0 } });

export const useCluster = () => useContext(Cluster);

/** Addresses of pages. */
export const to = {
  cluster: (c: string, page = "overview") => `/clusters/${seg(c)}/${page}`,
  topic: (c: string, topic: string, tab = "messages") => `/clusters/${seg(c)}/topics/${seg(topic)}/${tab}`,
  group: (c: string, group: string) => `/clusters/${seg(c)}/groups/${seg(group)}`,
  broker: (c: string, broker: number, tab = "configs") => `/clusters/${seg(c)}/brokers/${broker}/${tab}`,
};

/** The path of the API below a cluster. */
export const api = (c: string, rest: string) => `/clusters/${seg(c)}${rest}`;
