package node

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// The first start of a cluster whose nodes nobody has formatted: the controllers of
// controller.quorum.voters agree on an id.
//
// Only the voter with the lowest node id ever makes one up, and only after every other
// voter has answered that it has no data. It stores the id before it tells it; all others
// take it from whoever has it. So one configuration never gets two clusters, whoever is
// late, cut off or killed meanwhile: without all voters there is no first start. An id is
// not taken from a voter that has data and no leader: it may be that most of the others
// have lost theirs, and together they would begin anew under the same id.

// waitSaid lies between two lines about who is missing.
const waitSaid = 10 * time.Second

// stance is what a controller answers about its cluster.
type stance struct {
	clusterID string  // "" if it has no data
	decided   bool    // its metadata holds something, and there is no leader
	self      int32   // of one without data
	voters    []int32 // so are the ids of controller.quorum.voters as it has them
}

// agreeOnClusterID waits until the cluster has an id.
func (n *Node) agreeOnClusterID() (string, error) {
	sockets, err := n.bindAll(n.cfg.ControllerListeners())
	if err != nil {
		return "", err
	}
	greeter := server.New(server.Config{MaxRequestBytes: 1 << 16, Log: n.logger(loggerServer)}, &undecided{answer: n.undecidedAnswer()})
	for _, s := range sockets {
		greeter.Serve(s.Name, s.socket)
	}
	defer closeAll(sockets)
	defer greeter.Shutdown(0)
	for said := time.Now().Add(learnPatience - waitSaid); ; {
		id, waitsFor := n.askVoters()
		if id != "" {
			return id, nil
		}
		if waitsFor != "" && time.Since(said) >= waitSaid {
			n.log.Warn("This node has no data, and waits: " + waitsFor)
			said = time.Now()
		}
		if !n.sleep(learnPause) {
			return "", errStopped
		}
	}
}

// askVoters asks every other voter once. The result is an id, or who is waited for.
func (n *Node) askVoters() (id, waitsFor string) {
	var missing []string
	for _, v := range n.cfg.Voters() {
		if v.ID == n.cfg.NodeID() {
			continue
		}
		address := net.JoinHostPort(v.Host, strconv.Itoa(v.Port))
		is, ok := n.askStance(address)
		switch {
		case !ok:
			missing = append(missing, fmt.Sprintf("%d (%s)", v.ID, address))
		case is.clusterID != "" && is.decided:
			return "", fmt.Sprintf("controller %d at %s has data of cluster %s, and too few controllers are there to lead it. "+
				"If this node had data, bring it back; if it never had any, format it: kafka-storage format --cluster-id %s --config <file>",
				v.ID, address, is.clusterID, is.clusterID)
		case is.clusterID != "":
			n.log.Info("A controller told the id of its cluster", "clusterId", is.clusterID, "controller", address)
			return is.clusterID, ""
		case is.self != v.ID:
			return "", fmt.Sprintf("controller.quorum.voters names controller %d at %s, but controller %d is there", v.ID, address, is.self)
		case !slices.Equal(is.voters, idsOf(n.cfg.Voters())):
			return "", fmt.Sprintf("controller.quorum.voters names the controllers %v here and %v on controller %d: it has to be the same on all of them",
				idsOf(n.cfg.Voters()), is.voters, v.ID)
		}
	}
	if missing != nil {
		return "", fmt.Sprintf("the controllers %s of controller.quorum.voters do not answer, and on the first start of a cluster all of them have to be there. "+
			"To start without them, format every node: kafka-storage format --cluster-id <id> --config <file>", strings.Join(missing, ", "))
	}
	if idsOf(n.cfg.Voters())[0] != n.cfg.NodeID() {
		return "", "" // it is about to tell
	}
	id = newUUID().String()
	n.log.Info("All controllers of controller.quorum.voters are there and none has data: this is the first start of a new cluster", "clusterId", id)
	return id, ""
}

// isVoter tells whether this node is in controller.quorum.voters.
func isVoter(cfg *config.Static) bool {
	return slices.ContainsFunc(cfg.Voters(), func(v config.Voter) bool { return v.ID == cfg.NodeID() })
}

// idsOf are the ids of controller.quorum.voters, in their order. Hosts may have several
// names.
func idsOf(voters []config.Voter) []int32 {
	ids := make([]int32, len(voters))
	for i, v := range voters {
		ids[i] = v.ID
	}
	slices.Sort(ids)
	return ids
}

// askStance asks one controller; false if it does not answer.
func (n *Node) askStance(address string) (stance, bool) {
	conn := peer.NewConn(n.peerOptions("join", time.Second), func() (string, bool) { return address, true })
	defer conn.Close()
	req := &wire.DescribeClusterRequest{}
	req.SetDefaults()
	req.EndpointType = toControllers
	var resp wire.DescribeClusterResponse
	if err := conn.RoundTrip(req, newest(req), &resp); err != nil || resp.ErrorCode != wire.None {
		return stance{}, false
	}
	if resp.ClusterId != "" {
		return stance{clusterID: resp.ClusterId, decided: resp.ControllerId < 0 && len(resp.Brokers) > 0}, true
	}
	is := stance{self: -1}
	for _, b := range resp.Brokers {
		is.voters = append(is.voters, b.BrokerId)
		if !b.IsFenced {
			is.self = b.BrokerId
		}
	}
	slices.Sort(is.voters)
	return is, true
}

// undecidedAnswer is what a controller without data says of its cluster: that it has no
// id, and of which voters it knows. Only the one that answers is not fenced.
func (n *Node) undecidedAnswer() *wire.DescribeClusterResponse {
	resp := &wire.DescribeClusterResponse{}
	resp.SetDefaults()
	resp.EndpointType, resp.ControllerId = toControllers, -1
	for _, v := range n.cfg.Voters() {
		resp.Brokers = append(resp.Brokers, wire.DescribeClusterResponseDescribeClusterBroker{
			BrokerId: v.ID, Host: v.Host, Port: int32(v.Port), IsFenced: v.ID != n.cfg.NodeID(),
		})
	}
	return resp
}

// undecided answers on the controller listeners until the cluster has an id. It
// implements server.Handler.
type undecided struct {
	answer *wire.DescribeClusterResponse
}

func (*undecided) Connected(*server.Conn)                          {}
func (*undecided) Disconnected(*server.Conn)                       {}
func (*undecided) Stages(int16) bool                               { return false }
func (*undecided) NewRun(*server.Conn, *server.Answers) server.Run { panic("BUG: nothing is staged") }

// Serve answers DescribeCluster in the version that nodes speak. Whoever asks for
// anything else tries again later.
func (u *undecided) Serve(_ *server.Conn, frame []byte, out *server.Response) error {
	header, err := wire.DecodeRequestHeader(wire.NewReader(frame))
	if err != nil {
		return err
	}
	req := &wire.DescribeClusterRequest{}
	if header.APIKey != req.APIKey() || header.APIVersion != newest(req) {
		return fmt.Errorf("request with API key %d version %d before the cluster has an id", header.APIKey, header.APIVersion)
	}
	out.B = wire.AppendResponseHeader(out.B, header.APIKey, header.APIVersion, header.CorrelationID)
	out.B = u.answer.Append(out.B, header.APIVersion)
	return nil
}
