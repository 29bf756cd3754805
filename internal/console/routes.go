package console

import (
	"github.com/brolga-io/brolga/internal/console/spec"
	"github.com/brolga-io/brolga/internal/console/view"
)

// apiRoot is where the API lies below the console's base.
const apiRoot = "/api/v1"

// Spec is the table of routes as the description of the API needs it.
func Spec() (root string, routes []spec.Route) {
	for _, r := range table() {
		routes = append(routes, r.Route)
	}
	return apiRoot, routes
}

// table lists every route of the API.
func table() []route {
	var t routeTable
	t.session()
	t.clusters()
	t.topics()
	t.topic()
	t.messages()
	t.groups()
	t.brokers()
	t.learn()
	t.streams()
	return t.rows
}

func (t *routeTable) session() {
	t.tag = "session"
	t.get("/meta", "getMeta", "Who is asking, what may be done, which limits hold.", show((*call).meta))
	t.post("/login", "login", "Log in; sets a cookie. Ten failures a minute lock the name for a minute.", say((*call).login)).Changes = false
	t.post("/logout", "logout", "Log out; ends the streams of the session.", act((*call).logout)).Changes = false
}

func (t *routeTable) clusters() {
	t.tag = "clusters"
	t.get("/clusters", "listClusters", "All clusters and whether they answer.", show((*call).listClusters))
	t.post("/clusters", "addCluster", "Add a cluster and keep it. With dryRun only try to connect.", change((*call).addCluster))
	t.del("/clusters/{cluster}", "removeCluster", "Remove a cluster that was added in the page.", act((*call).removeCluster))
	const c = "/clusters/{cluster}"
	t.get(c+"/overview", "getOverview", "How the cluster is, in words and numbers.", show((*call).overview))
	t.get(c+"/events", "listEvents", "What was noticed lately, newest first.", ask((*call).listEvents))
	t.get(c+"/connect", "getConnect", "How to reach the cluster with one's own client.", show((*call).connect))
}

func (t *routeTable) topics() {
	t.tag = "topics"
	const c = "/clusters/{cluster}"
	t.get(c+"/topics", "listTopics", "A page of topics: search, sort and paging are the server's.", ask((*call).listTopics))
	t.get(c+"/topics.csv", "exportTopics", "All topics that match, as CSV.", file[view.TopicQuery](spec.CSV, (*call).exportTopics))
	t.get(c+"/topic-defaults", "getTopicDefaults", "What the form for a new topic needs.", show((*call).topicDefaults))
	t.post(c+"/topics", "createTopic", "Create a topic.", change((*call).createTopic))
	t.post(c+"/topics/bulk", "bulkTopics", "Do one thing to several topics.", change((*call).bulkTopics))
}

func (t *routeTable) topic() {
	t.tag = "topic"
	const c = "/clusters/{cluster}/topics/{topic}"
	t.get(c, "getTopic", "One topic with its partitions.", show((*call).topic))
	t.del(c, "deleteTopic", "Delete a topic.", act((*call).deleteTopic))
	t.post(c+"/clone", "cloneTopic", "Create a topic like this one, without its records.", change((*call).cloneTopic))
	t.post(c+"/purge", "purgeTopic", "Delete every record of a topic.", act((*call).purgeTopic))
	t.get(c+"/configs", "getTopicConfigs", "The configs in force, with sources and documentation.", show((*call).topicConfigs))
	t.patch(c+"/configs", "changeTopicConfigs", "Set and unset configs, all or none.", change((*call).changeTopicConfigs))
	t.post(c+"/partitions", "addPartitions", "Raise the number of partitions.", change((*call).addPartitions))
	t.post(c+"/delete-records", "deleteRecords", "Delete the beginning of partitions.", change((*call).deleteRecords))
	t.post(c+"/elect-leaders", "electLeaders", "Make partitions choose a leader.", change((*call).electLeaders))
	t.get(c+"/groups", "getTopicGroups", "The groups that read a topic.", ask((*call).topicGroups))
	t.get(c+"/producers", "getTopicProducers", "Idempotent and transactional producers that leaders remember.", show((*call).topicProducers))
}

func (t *routeTable) messages() {
	t.tag = "messages"
	const c = "/clusters/{cluster}/topics/{topic}"
	t.get(c+"/messages", "listMessages", "A page of messages, merged over partitions by time.", ask((*call).listMessages))
	t.post(c+"/messages/scan", "scanMessages", "Search: messages as they are found, progress, an end. Close the connection to cancel.", lines[view.MessageQuery, view.ScanEvent](false, (*call).scanMessages))
	t.get(c+"/messages/export", "exportMessages", "The messages of a query as a file.", file[view.ExportQuery](spec.File, (*call).exportMessages))
	t.get(c+"/messages/tail", "tailMessages", "Follow a topic by server push; steer it with controlTail.", push[view.TailQuery, view.TailEvent]((*call).tailMessages))
	t.post("/tails/{stream}", "controlTail", "Pause a tail or let it go on.", say((*call).controlTail)).Changes = false
	t.get(c+"/messages/{partition}/{offset}", "getMessage", "One message in full.", ask((*call).fullMessage))
	t.get(c+"/messages/{partition}/{offset}/{part}", "downloadPayload", "The bytes of key, value or header-<n>, whole.", file[struct{}](spec.File, (*call).downloadPayload))
	t.post(c+"/messages", "produceMessages", "Write messages.", change((*call).produce))
	t.post(c+"/messages/resend", "resendMessages", "Write messages that exist once more.", change((*call).resend))
	t.post(c+"/messages/copy", "copyMessages", "Copy the messages of a query to another topic: progress, then an end. Close the connection to stop.", lines[view.CopyRange, view.CopyEvent](true, (*call).copyMessages))
	t.post("/filters/check", "checkFilter", "Check a filter, maybe on a message.", say((*call).checkFilter)).Changes = false
}

func (t *routeTable) groups() {
	t.tag = "groups"
	const c = "/clusters/{cluster}/groups"
	t.get(c, "listGroups", "A page of groups.", ask((*call).listGroups))
	t.get("/clusters/{cluster}/groups.csv", "exportGroups", "All groups that match, as CSV.", file[view.GroupQuery](spec.CSV, (*call).exportGroups))
	t.get(c+"/{group}", "getGroup", "One group with members, bookmarks and why it is behind.", show((*call).group))
	t.del(c+"/{group}", "deleteGroup", "Delete a group without members.", act((*call).deleteGroup))
	t.get(c+"/{group}/history", "getGroupHistory", "How the group did lately.", show((*call).groupHistory))
	t.post(c+"/{group}/reset", "resetGroup", "Move the group's bookmarks; with dryRun show before and after.", change((*call).resetGroup))
	t.post(c+"/{group}/delete-offsets", "deleteGroupOffsets", "Remove the group's bookmarks in a topic.", change((*call).deleteGroupOffsets))
}

func (t *routeTable) brokers() {
	t.tag = "brokers"
	const c = "/clusters/{cluster}"
	t.get(c+"/brokers", "listBrokers", "All brokers.", show((*call).listBrokers))
	t.get(c+"/brokers/{broker}", "getBroker", "One broker with its log directories.", show((*call).broker))
	t.get(c+"/brokers/{broker}/partitions", "listBrokerPartitions", "Leaders and replicas on a broker.", ask((*call).brokerPartitions))
	t.get(c+"/brokers/{broker}/configs", "getBrokerConfigs", "The configs in force on a broker.", show((*call).brokerConfigs))
	t.patch(c+"/brokers/{broker}/configs", "changeBrokerConfigs", "Set and unset dynamic configs of a broker; of all with the broker default.", change((*call).changeBrokerConfigs))
	t.get(c+"/quorum", "getQuorum", "The controllers and who follows them.", show((*call).quorum))
	t.get(c+"/reassignments", "listReassignments", "Replicas on the move, with progress.", show((*call).reassignments))
	t.post(c+"/reassignments/plan", "planReassignment", "Spread topics evenly over brokers, on paper.", say((*call).planReassignment)).Changes = false
	t.post(c+"/reassignments", "reassign", "Move replicas, or stop a move.", change((*call).reassign))
}

func (t *routeTable) learn() {
	t.tag = "learn"
	t.get("/learn/partitioner", "getPartitioner", "Where a key goes and why, number by number.", ask((*call).partitioner))
	t.get("/clusters/{cluster}/learn", "getLearnFacts", "What the cluster shows of the tour's steps.", ask((*call).learnFacts))
	t.tag = "lab"
	t.get("/lab", "getLab", "The brokers of the lab.", show((*call).labStatus)).Lab = true
	t.post("/lab/brokers/{broker}", "controlLab", "Stop, start, pause a broker of the lab.", change((*call).labControl)).Lab = true
}

func (t *routeTable) streams() {
	t.tag = "streams"
	t.get("/stream", "openStream", "The push channel of a tab: snapshots, then deltas, at most four a second.", push[struct{}, view.StreamEvent]((*call).openStream))
	t.post("/stream/{stream}", "subscribe", "Change what a stream shows.", say((*call).subscribe)).Changes = false
}
