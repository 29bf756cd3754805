package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// prerequisiteUsage is what a wrong command line of cub, dub and ub is answered with.
const prerequisiteUsage = `USAGE: cub|dub|ub COMMAND
  ensure NAME…                            each variable is set
  ensure-atleast-one NAME…                one of the variables is set
  path PATH readable|writable|executable|existence
  wait HOST PORT SECONDS                  something listens there
  listeners ADVERTISED                    what to listen on for advertised listeners
  zk-ready CONNECT SECONDS                a controller answers where ZooKeeper would
  kafka-ready BROKERS SECONDS -b SERVERS  so many brokers are there`

var errUsage = errors.New(prerequisiteUsage)

// prerequisite is cub, dub or ub: what their scripts in other images do.
func prerequisite(h Host, name string, args []string) int {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	err := errUsage
	env := ParseEnviron(h.Environ)
	switch {
	case command == "ensure" && len(args) > 0:
		err = ensureAll(env, args)
	case command == "ensure-atleast-one" && len(args) > 0:
		err = ensureOne(env, args)
	case command == "path" && len(args) == 2:
		err = checkPath(args[0], args[1])
	case command == "wait" && len(args) == 3:
		err = within(args[2], func(ctx context.Context) error { return waitFor(ctx, net.JoinHostPort(args[0], args[1])) })
	case command == "listeners" && len(args) == 1:
		fmt.Fprintln(h.Stdout, listenersOf(args[0]))
		return 0
	case command == "zk-ready" && len(args) >= 2:
		err = within(args[1], func(ctx context.Context) error {
			addresses, err := keeperAddresses(args[0])
			if err == nil {
				_, err = askClusterID(ctx, addresses)
			}
			return err
		})
	case command == "kafka-ready" && len(args) >= 4 && args[2] == "-b":
		err = within(args[1], func(ctx context.Context) error { return brokersReady(ctx, args[0], args[3]) })
	}
	if err != nil {
		fmt.Fprintln(h.Stderr, err)
		return 1
	}
	return 0
}

func ensureAll(e Environ, names []string) error {
	for _, name := range names {
		if !e.has(name) {
			return fmt.Errorf("%s is required.", name)
		}
	}
	return nil
}

func ensureOne(e Environ, names []string) error {
	for _, name := range names {
		if e.has(name) {
			return nil
		}
	}
	return fmt.Errorf("One of %v is required.", names)
}

// checkPath tells whether this process may do something with a file.
func checkPath(path, mode string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch mode {
	case "existence":
		return nil
	case "executable":
		if info.Mode()&0o111 == 0 {
			return fmt.Errorf("%s is not executable.", path)
		}
		return nil
	case "readable":
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return f.Close()
	case "writable":
		if info.IsDir() {
			return writable(path)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
	return errUsage
}

// within gives something a number of seconds.
func within(seconds string, do func(context.Context) error) error {
	n, err := strconv.ParseUint(seconds, 10, 16)
	if err != nil {
		return errUsage
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*time.Second)
	defer cancel()
	return do(ctx)
}

// again tries until something works or the time is up.
func again(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		pause := time.NewTimer(askPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return err
		case <-pause.C:
		}
	}
}

func waitFor(ctx context.Context, address string) error {
	return again(ctx, func() error {
		c, err := net.DialTimeout("tcp", address, askTimeout)
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// brokersReady waits until a cluster has at least so many brokers.
func brokersReady(ctx context.Context, want, servers string) error {
	least, err := strconv.Atoi(want)
	addresses, err2 := keeperAddresses(servers)
	if err != nil || err2 != nil {
		return errUsage
	}
	return again(ctx, func() (err error) {
		for _, address := range addresses {
			req := &wire.MetadataRequest{Topics: []wire.MetadataRequestTopic{}}
			var resp wire.MetadataResponse
			const version = 1
			if err = ask(address, req, version, &resp); err == nil && len(resp.Brokers) >= least {
				return nil
			}
			if err == nil {
				err = fmt.Errorf("Expected %d brokers but found only %d.", least, len(resp.Brokers))
			}
		}
		return err
	})
}

// netcat is as much of nc as health checks use: -z looks whether something listens,
// without it the input is sent and the answer printed.
func netcat(h Host, args []string) int {
	look, patience := false, 10*time.Second
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		switch args[0] {
		case "-z", "-vz", "-zv":
			look = true
		case "-w":
			if len(args) < 2 {
				break
			}
			if n, err := strconv.ParseUint(args[1], 10, 16); err == nil {
				patience = time.Duration(n) * time.Second
			}
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) != 2 {
		fmt.Fprintln(h.Stderr, "USAGE: nc [-z] [-w seconds] host port")
		return 1
	}
	c, err := net.DialTimeout("tcp", net.JoinHostPort(args[0], args[1]), patience)
	if err == nil && !look {
		err = talk(c, h)
	}
	if err != nil {
		fmt.Fprintln(h.Stderr, err)
		return 1
	}
	c.Close()
	return 0
}

// talk sends the input and prints what comes back.
func talk(c net.Conn, h Host) error {
	const most = 1 << 20
	input, err := io.ReadAll(io.LimitReader(h.Stdin, most))
	if err == nil {
		_, err = c.Write(input)
	}
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		err = tcp.CloseWrite()
	}
	if err == nil {
		_, err = io.Copy(h.Stdout, c)
	}
	return err
}
