package container

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

const (
	// keeperBase is added to a ZooKeeper's id: brokers of the same file have the
	// small numbers.
	keeperBase = 3000
	// peerPort is where ZooKeepers reach each other unless a file says otherwise.
	peerPort = 2888
)

// keeper is one entry of ZOOKEEPER_SERVERS.
type keeper struct {
	id   int
	host string
	port int
}

// keepers reads ZOOKEEPER_SERVERS, `host:peerPort:electionPort;…`. Without it the
// container stands alone. An entry of 0.0.0.0 is the container itself.
func keepers(e Environ, hostname string) (self keeper, all []keeper, err error) {
	id := 1
	if text := e["ZOOKEEPER_SERVER_ID"]; text != "" {
		if id, err = strconv.Atoi(text); err != nil || id < 1 || id > 255 {
			return self, nil, fmt.Errorf("ZOOKEEPER_SERVER_ID=%s is no number from 1 to 255", text)
		}
	}
	list := e.or("ZOOKEEPER_SERVERS", "")
	if list == "" {
		self = keeper{id, hostname, peerPort}
		return self, []keeper{self}, nil
	}
	for entry := range strings.SplitSeq(list, ";") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		host, rest, _ := strings.Cut(entry, ":")
		port, _, _ := strings.Cut(rest, ":")
		k := keeper{id: len(all) + 1, host: host, port: peerPort}
		if port != "" {
			k.port, err = strconv.Atoi(port)
		}
		if host == "" || err != nil || k.port < 1 || k.port > 65535 {
			return self, nil, fmt.Errorf("ZOOKEEPER_SERVERS has an entry %s; each is host:peerPort:electionPort, and semicolons separate them", entry)
		}
		if addr, err := netip.ParseAddr(host); err == nil && addr.IsUnspecified() {
			k.host = hostname
		}
		all = append(all, k)
	}
	if id > len(all) {
		return self, nil, fmt.Errorf("ZOOKEEPER_SERVER_ID=%d, but ZOOKEEPER_SERVERS names only %d", id, len(all))
	}
	return all[id-1], all, nil
}

// voters is controller.quorum.voters of these.
func voters(all []keeper) string {
	list := make([]string, len(all))
	for i, k := range all {
		list[i] = fmt.Sprintf("%d@%s", keeperBase+k.id, net.JoinHostPort(k.host, strconv.Itoa(k.port)))
	}
	return strings.Join(list, ",")
}

// agreedClusterID is an id that several controllers find without asking each other.
func agreedClusterID(voters string) string {
	sum := sha256.Sum256([]byte("brolga cluster of " + voters))
	id := sum[:16]
	id[0] &= 0x7f // so that its text does not begin with a dash
	return base64.RawURLEncoding.EncodeToString(id)
}

// keeperAddresses reads KAFKA_ZOOKEEPER_CONNECT, `host:port,…/chroot`; what is
// below the slash has no meaning here.
func keeperAddresses(connect string) ([]string, error) {
	servers, _, _ := strings.Cut(connect, "/")
	var all []string
	for entry := range strings.SplitSeq(servers, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		host, port, err := net.SplitHostPort(entry)
		if err != nil {
			host, port = entry, "2181"
		}
		if host == "" || strings.ContainsAny(host, " :") {
			return nil, fmt.Errorf("KAFKA_ZOOKEEPER_CONNECT=%s is no list of host:port", connect)
		}
		all = append(all, net.JoinHostPort(host, port))
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("KAFKA_ZOOKEEPER_CONNECT=%s is no list of host:port", connect)
	}
	return all, nil
}
