import { Link, useLocation } from "wouter";
import { post } from "../api/client.ts";
import type { Meta } from "../api/types.ts";
import { to, useCluster } from "../lib/cluster.ts";
import { Icon, type IconName } from "../parts/Icon.tsx";
import icon from "../icon.svg";
import css from "./Shell.module.css";

/** The places of a cluster; keys are what follows "g" on the keyboard. */
export const places: { page: string; name: string; icon: IconName; key: string; labOnly?: boolean }[] = [
  { page: "overview", name: "Overview", icon: "overview", key: "o" },
  { page: "topics", name: "Topics", icon: "topics", key: "t" },
  { page: "groups", name: "Consumer groups", icon: "groups", key: "g" },
  { page: "brokers", name: "Brokers", icon: "brokers", key: "b" },
  { page: "learn", name: "Learn", icon: "learn", key: "l" },
  { page: "lab", name: "Lab", icon: "lab", key: "x", labOnly: true },
];

async function logOut(): Promise<void> {
  await post("/logout").catch(() => undefined);
  location.reload();
}

export function Rail({ open, onClose, meta }: { open: boolean; onClose: () => void; meta: Meta }) {
  const cluster = useCluster();
  const [path] = useLocation();
  return (
    <>
      {open && <button type="button" className={css.scrim} aria-label="Close the menu" onClick={onClose} />}
      <nav className={`${css.rail} ${open ? css.open : ""}`} aria-label="Places">
        <Link href={to.cluster(cluster.id)} className={css.brand} onClick={onClose}>
          <img src={icon} alt="" width={22} height={22} /> brolga
        </Link>
        {places.filter((p) => !p.labOnly || cluster.lab).map((p) => {
          const address = to.cluster(cluster.id, p.page);
          const here = path === address || path.startsWith(`${address}/`);
          return (
            <Link key={p.page} href={address} className={`${css.link} ${here ? css.current : ""}`}
              aria-current={here ? "page" : undefined} onClick={onClose}>
              <Icon name={p.icon} /> {p.name}
            </Link>
          );
        })}
        <Link href="/clusters" className={`${css.link} ${path === "/clusters" ? css.current : ""}`} onClick={onClose}>
          <Icon name="plus" /> Clusters
        </Link>
        <div className={css.foot}>
          {meta.user && <div className="row"><span className="clip">{meta.user}</span> <button type="button" className="btn small" onClick={() => void logOut()}>Log out</button></div>}
          {meta.readOnly && <div>read-only</div>}
          brolga {meta.version}
        </div>
      </nav>
    </>
  );
}
