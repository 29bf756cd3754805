package container

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	// wishTimeout is how long a topic is tried to be made: its brokers may still be
	// on their way.
	wishTimeout = 60 * time.Second
	wishPause   = time.Second
)

// launch starts what the container is and returns when that has ended.
func (c *container) launch() error {
	if c.kind == Page {
		c.code = c.Console(consoleArguments(c.env), c.Stdout, c.Stderr)
		return nil
	}
	if err := c.readProperties(); err != nil {
		return err
	}
	if c.file == "" {
		c.file = propertiesFile
	}
	topics, err := wishes(c.env)
	if err != nil {
		return err
	}
	s := Surroundings{Signals: c.signals}
	s.Levels, _ = levels(c.env)
	ending := make(chan struct{})
	defer close(ending)
	s.Started = func() {
		c.info(c.ready())
		if len(topics) > 0 && c.kind != Keeper {
			go c.runWishes(topics, ending)
		}
	}
	s.Listen = func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	if c.kind == Keeper {
		s.Listen = wordsOf(c.properties).listen(strings.TrimLeft(c.env["ZOOKEEPER_CLIENT_PORT"], "0"))
	}
	c.say("===> Launching kafka ... ")
	c.code = c.Server([]string{c.file}, s, c.Stdout, c.Stderr)
	return nil
}

// ready is the line in which the log of a start ends: what people look for in it.
func (c *container) ready() string {
	told := c.properties["advertised.listeners"]
	if told == "" {
		told = c.properties["listeners"]
	}
	if c.properties["process.roles"] == "controller" {
		return "Ready as a " + string(c.kind) + "; brokers find it on " + told
	}
	return "Ready as a " + string(c.kind) + "; clients are told to connect to " + told
}

// runWishes makes the topics that are wished for, each until it is there or its time
// is up. Nobody waits for it: the process ends with the server.
func (c *container) runWishes(topics []wish, ending <-chan struct{}) {
	bootstrap := bootstrapOf(c.properties)
	for _, w := range topics {
		for begun := time.Now(); ; {
			var said bytes.Buffer
			code := c.Tool(&said, &said, w.arguments(bootstrap)...)
			if code == 0 {
				c.info("The topic " + w.name + " of BROLGA_TOPICS is there")
				break
			}
			if time.Since(begun) > wishTimeout {
				fmt.Fprintf(c.Stderr, "The topic %s of BROLGA_TOPICS could not be made: %s\n", w.name, strings.TrimSpace(said.String()))
				break
			}
			pause := time.NewTimer(wishPause)
			select {
			case <-ending:
				pause.Stop()
				return
			case <-pause.C:
			}
		}
	}
}

// consoleArguments are the command line of a container that is the console only.
func consoleArguments(e Environ) []string {
	listener := e.or("KAFKA_CONSOLE_LISTENER", "http://0.0.0.0:"+e.or("SERVER_PORT", "8080"))
	args := []string{"--listener", listener, "--state-file", dataDir + "/console-clusters.json"}
	if file := e["KAFKA_CONSOLE_USERS_FILE"]; file != "" {
		args = append(args, "--users-file", file)
	}
	if strings.EqualFold(e["KAFKA_CONSOLE_READ_ONLY"], "true") {
		args = append(args, "--read-only")
	}
	for host := range strings.SplitSeq(e["KAFKA_CONSOLE_ALLOWED_HOSTS"], ",") {
		if host = strings.TrimSpace(host); host != "" {
			args = append(args, "--allowed-host", host)
		}
	}
	return args
}
