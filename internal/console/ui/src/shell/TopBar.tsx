import { useLocation } from "wouter";
import type { Cluster as ClusterRow, Overview } from "../api/types.ts";
import { setPaused, useConnection, useLive, usePaused } from "../api/live.ts";
import { to, useCluster } from "../lib/cluster.ts";
import { change, useSettings } from "../lib/settings.ts";
import { Icon } from "../parts/Icon.tsx";
import { Status } from "../parts/Status.tsx";
import css from "./Shell.module.css";

const nextTheme = { auto: "light", light: "dark", dark: "auto" } as const;

export function TopBar({ clusters, onMenu, onPalette }: { clusters: ClusterRow[]; onMenu: () => void; onPalette: () => void }) {
  const cluster = useCluster();
  const [, navigate] = useLocation();
  const { theme, zone } = useSettings();
  const paused = usePaused();
  return (
    <header className={css.bar}>
      <button type="button" className={`btn quiet ${css.burger}`} aria-label="Menu" onClick={onMenu}><Icon name="menu" /></button>
      <select className={`input ${css.cluster}`} aria-label="Cluster" value={cluster.id} onChange={(e) => navigate(to.cluster(e.target.value))}>
        {clusters.map((c) => <option key={c.id} value={c.id}>{c.name}{c.status === "offline" ? " (offline)" : ""}</option>)}
      </select>
      <div className={css.health}><Health /></div>
      <div className={css.tools}>
        <button type="button" className={`btn ${css.palette}`} onClick={onPalette} aria-keyshortcuts="Control+K">
          <Icon name="search" /> <span className={css.wideOnly}>Go to… <kbd>Ctrl K</kbd></span>
          <span className="sr">Search everything</span>
        </button>
        <button type="button" className="btn quiet" aria-pressed={paused} title={paused ? "Let numbers move again" : "Hold numbers still"}
          aria-label="Pause live updates" onClick={() => setPaused(!paused)}>
          <Icon name={paused ? "play" : "pause"} />
        </button>
        <button type="button" className="btn quiet" title="Times in UTC or local" aria-label={`Times are ${zone === "UTC" ? "UTC" : "local"}; switch`}
          onClick={() => change({ zone: zone === "UTC" ? "local" : "UTC" })}>
          {zone === "UTC" ? "UTC" : "Local"}
        </button>
        <button type="button" className="btn quiet" title={`Theme: ${theme}`} aria-label={`Theme: ${theme}; switch`}
          onClick={() => change({ theme: nextTheme[theme] })}>
          <Icon name={theme === "dark" ? "moon" : theme === "light" ? "sun" : "auto"} />
        </button>
      </div>
    </header>
  );
}

/** The cluster's state in a few words, or that the page has lost its server. */
function Health() {
  const connection = useConnection();
  const { id } = useCluster();
  const verdict = useLive<Overview>(id ? { kind: "overview", cluster: id } : undefined).data?.verdict;
  if (connection === "lost") return <Status level="bad" pill>The console's server does not answer; trying again</Status>;
  if (!verdict) return null;
  return (
    <span className="clip" aria-live="polite">
      <Status level={verdict.status} pill><span className="clip">{verdict.sentence}</span></Status>
    </span>
  );
}
