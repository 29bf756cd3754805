import { useEffect, useMemo, useRef, useState } from "react";
import { Redirect, Route, Router, Switch, useLocation, useRoute } from "wouter";
import { get } from "../api/client.ts";
import { useLive } from "../api/live.ts";
import type { ClusterList, Meta } from "../api/types.ts";
import { Cluster, to } from "../lib/cluster.ts";
import { focusSearch, useKeys } from "../lib/keys.ts";
import { useLoad } from "../lib/load.ts";
import { basePath } from "../lib/url.ts";
import { Show } from "../parts/Page.tsx";
import { ClustersPage } from "../pages/ClustersPage.tsx";
import { ClusterPages } from "../pages/ClusterPages.tsx";
import { Login, useLogin } from "./Login.tsx";
import { Palette } from "./Palette.tsx";
import { places, Rail } from "./Rail.tsx";
import css from "./Shell.module.css";
import { Toasts } from "./Toasts.tsx";
import { TopBar } from "./TopBar.tsx";

/** The whole page: who is here, which cluster, which place. */
export function App() {
  const [needed, done] = useLogin();
  const meta = useLoad("meta", (signal) => get<Meta>("/meta", {}, signal));
  return (
    <Router base={basePath}>
      {needed ? <Login onDone={() => { done(); meta.reload(); }} /> : <Show of={meta}>{(m) => <Shell meta={m} />}</Show>}
      <Toasts />
    </Router>
  );
}

function Shell({ meta }: { meta: Meta }) {
  const [path, navigate] = useLocation();
  const [, params] = useRoute("/clusters/:id/*?");
  const [palette, setPalette] = useState(false);
  const [menu, setMenu] = useState(false);
  const list = useLive<ClusterList>({ kind: "clusters" });
  const clusters = list.data?.clusters ?? [];
  const id = params?.id ? decodeURIComponent(params.id) : (meta.defaultCluster ?? clusters[0]?.id ?? "");
  const readOnly = meta.readOnly || (clusters.find((c) => c.id === id)?.readOnly ?? false);
  const cluster = useMemo(() => ({ id, readOnly, lab: meta.lab, limits: meta.limits }), [id, readOnly, meta]);

  // A new page begins at its beginning, for the keyboard and for who hears it; a tab is no new page.
  const place = path.split("/").slice(0, 5).join("/");
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    document.getElementById("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place]);

  useKeys({
    "mod+k": () => setPalette(true),
    "/": focusSearch,
    ...Object.fromEntries(places.map((p) => [`g ${p.key}`, () => navigate(to.cluster(id, p.page))])),
  });

  return (
    <Cluster.Provider value={cluster}>
      <a href={`${basePath}${path}#main`} className={`btn ${css.skip}`} onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>
        Skip to the content
      </a>
      <div className={css.shell}>
        <Rail open={menu} onClose={() => setMenu(false)} meta={meta} />
        <div className={css.main}>
          <TopBar clusters={clusters} onMenu={() => setMenu(true)} onPalette={() => setPalette(true)} />
          <main id="main" tabIndex={-1}>
            <Switch>
              <Route path="/clusters"><ClustersPage list={list} meta={meta} /></Route>
              <Route path="/clusters/:id/*?">{cluster.id && <ClusterPages key={cluster.id} />}</Route>
              <Route>{id ? <Redirect to={to.cluster(id)} replace /> : list.data && <Redirect to="/clusters" replace />}</Route>
            </Switch>
          </main>
        </div>
      </div>
      {palette && <Palette onClose={() => setPalette(false)} />}
    </Cluster.Provider>
  );
}
