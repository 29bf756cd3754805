package container

import (
	"net"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// keeperWords answers ZooKeeper's words for a controller. Its own port tells how it
// stands in the quorum: alone, leading or following.
type keeperWords struct {
	address string // of the controller, to ask it
	self    int    // its node id
	voters  int
	ask     func(address string, req wire.Request, version int16, resp wire.Message) error
}

const notServing = "This ZooKeeper instance is not currently serving requests\n"

func (k keeperWords) answer(word string) string {
	switch word {
	case "ruok":
		return "imok"
	case "srvr", "stat":
		mode, ok := k.mode()
		if !ok {
			return notServing
		}
		return "Zookeeper version: brolga in the place of ZooKeeper, which speaks nothing of its protocol but ruok, srvr and stat\n" +
			"Mode: " + mode + "\n"
	}
	return word + " is not executed because it is not in the whitelist.\n"
}

// mode is what ZooKeeper calls its part in the quorum.
func (k keeperWords) mode() (string, bool) {
	var resp wire.DescribeClusterResponse
	err := k.ask(k.address, describeControllers(), describeControllersVersion, &resp)
	switch {
	case err != nil || resp.ErrorCode != wire.None || resp.ControllerId < 0:
		return "", false
	case k.voters == 1:
		return "standalone", true
	case int(resp.ControllerId) == k.self:
		return "leader", true
	}
	return "follower", true
}

// listen opens a server's listeners; the one on the port of ZooKeeper's clients
// answers words as well.
func (k keeperWords) listen(clientPort string) func(address string) (net.Listener, error) {
	return func(address string) (net.Listener, error) {
		l, err := net.Listen("tcp", address)
		if err != nil || !strings.HasSuffix(address, ":"+clientPort) {
			return l, err
		}
		return listenForWords(l, k.answer), nil
	}
}

// wordsOf makes the answers of a container that stands where ZooKeeper stood.
func wordsOf(p map[string]string) keeperWords {
	self, _ := strconv.Atoi(p["node.id"]) // written by keeperProperties
	_, port, _ := strings.Cut(p["listeners"], controllers+"://0.0.0.0:")
	port, _, _ = strings.Cut(port, ",")
	return keeperWords{address: net.JoinHostPort("127.0.0.1", port), self: self, ask: ask,
		voters: 1 + strings.Count(p["controller.quorum.voters"], ",")}
}
