import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { Empty } from "../parts/Plain.tsx";
import { OverviewPage } from "./overview/OverviewPage.tsx";
import { TopicsPage } from "./topics/TopicsPage.tsx";

// What the first page does not need comes when it is asked for.
const TopicPage = lazy(() => import("./topic/TopicPage.tsx"));
const GroupsPage = lazy(() => import("./groups/GroupsPage.tsx"));
const GroupPage = lazy(() => import("./groups/GroupPage.tsx"));
const BrokersPage = lazy(() => import("./brokers/BrokersPage.tsx"));
const BrokerPage = lazy(() => import("./brokers/BrokerPage.tsx"));
const LearnPage = lazy(() => import("./learn/LearnPage.tsx"));
const LabPage = lazy(() => import("./lab/LabPage.tsx"));

/** The pages of one cluster. */
export function ClusterPages() {
  return (
    <Suspense fallback={null}>
      <Switch>
        <Route path="/clusters/:id/overview"><OverviewPage /></Route>
        <Route path="/clusters/:id/topics"><TopicsPage /></Route>
        <Route path="/clusters/:id/topics/:topic/:tab?">{(p) => <TopicPage key={p.topic} topic={decodeURIComponent(p.topic)} tab={p.tab ?? "messages"} />}</Route>
        <Route path="/clusters/:id/groups"><GroupsPage /></Route>
        <Route path="/clusters/:id/groups/:group">{(p) => <GroupPage key={p.group} group={decodeURIComponent(p.group)} />}</Route>
        <Route path="/clusters/:id/brokers"><BrokersPage /></Route>
        <Route path="/clusters/:id/brokers/:broker/:tab?">{(p) => <BrokerPage key={p.broker} broker={Number(p.broker)} tab={p.tab ?? "configs"} />}</Route>
        <Route path="/clusters/:id/learn"><LearnPage /></Route>
        <Route path="/clusters/:id/lab"><LabPage /></Route>
        <Route><Empty title="There is no such page">Choose one on the left, or press Ctrl-K.</Empty></Route>
      </Switch>
    </Suspense>
  );
}
