package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/vfs"
)

const (
	// propertiesFile is where Confluent's image writes the properties; Apache's
	// /opt/kafka/config/server.properties leads there.
	propertiesFile = "/etc/kafka/kafka.properties"
	// mountedFile is where Apache's image looks for properties.
	mountedFile = "/mnt/shared/config/server.properties"
	// apacheClusterID is the one that Apache's image gives a cluster without one.
	apacheClusterID = "5L6g3nShT-eMCtK--X86sw"
)

// container is one container while it starts.
type container struct {
	Host
	env     Environ
	kind    Kind
	apache  bool // started as Apache's image is
	signals chan os.Signal
	code    int // exit code of what ran

	properties map[string]string // nil until read
	file       string
}

// newContainer reads the command line, which may set variables, and the environment.
func newContainer(args []string, h Host, signals chan os.Signal) (*container, error) {
	c := &container{Host: h, env: ParseEnviron(h.Environ), signals: signals}
	if len(args) > 1 && args[0] == "--image" {
		c.apache = args[1] == "apache"
		args = args[2:]
	}
	if len(args) > 0 {
		c.say("===> Overriding env params with args ...")
	}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%s is not of the form NAME=VALUE", arg)
		}
		c.env[name] = value
		if err := h.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	if err := c.readMounted(mountedFile); err != nil {
		return nil, err
	}
	c.kind = KindOf(c.env)
	return c, nil
}

// readMounted takes the properties of a mounted file for variables that are not set.
func (c *container) readMounted(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	props, err := config.Parse(f)
	if err != nil {
		return fmt.Errorf("Cannot read %s: %w", path, err)
	}
	for name, value := range props {
		if v := variableOf(name); c.env[v] == "" {
			c.env[v] = value
		}
	}
	return nil
}

// run does all steps, as the entry points of the images do.
func (c *container) run() error {
	c.say("===> User")
	c.say(whoami())
	c.say("===> Configuring ...")
	if err := c.configure(); err != nil {
		return err
	}
	if c.kind != Page {
		c.say("===> Running preflight checks ... ")
		if err := c.prepare(); err != nil {
			return err
		}
	}
	c.say("===> Launching ... ")
	return c.launch()
}

// configure checks the environment and writes the properties.
func (c *container) configure() error {
	if err := check(c.env, c.kind); err != nil {
		return err
	}
	if c.kind == KRaft {
		c.say("Running in KRaft mode...")
	}
	c.say("This container is a " + string(c.kind) + ".")
	if without := ignored(c.env); without != nil {
		c.info("Accepted without effect, because there is no Java virtual machine: " + strings.Join(without, ", "))
	}
	if _, strange := levels(c.env); strange != nil {
		c.info("These name no level of a logger: " + strings.Join(strange, ", "))
	}
	if c.kind == Page {
		return nil
	}
	if err := c.readProperties(); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := writeProperties(&text, c.properties); err != nil {
		return err
	}
	err := os.WriteFile(propertiesFile, text.Bytes(), 0o600)
	if c.file = propertiesFile; err != nil { // a container with another user, or one that cannot be written to
		c.file = filepath.Join(os.TempDir(), filepath.Base(propertiesFile))
		err = os.WriteFile(c.file, text.Bytes(), 0o600)
	}
	return err
}

// readProperties works out the properties, once.
func (c *container) readProperties() error {
	if c.properties != nil {
		return nil
	}
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	at := place{hostname: hostname, keeperDir: keeperDir("/proc/self/mountinfo")}
	dirs := propertiesOf(c.env)
	if len(dirsOf(dirs)) == 0 {
		dirs = map[string]string{"log.dirs": dataDir}
	}
	s, err := readStored(dirs)
	if err != nil {
		return err
	}
	at.storedID = s.nodeID
	p, err := properties(c.env, c.kind, at)
	if err != nil {
		return err
	}
	if _, err := config.Load(maps.Clone(p), nil); err != nil {
		return err
	}
	c.properties = p
	return nil
}

// prepare sees that the data directories can be written to and are formatted.
func (c *container) prepare() error {
	if err := c.readProperties(); err != nil {
		return err
	}
	for _, dir := range dirsOf(c.properties) {
		c.say("===> Check if " + dir + " is writable ...")
		if err := writable(dir); err != nil {
			return fmt.Errorf("%w\nCommand [/usr/local/bin/dub path %s writable] FAILED !", err, dir)
		}
	}
	s, err := readStored(c.properties)
	if err != nil {
		return err
	}
	id, err := c.clusterID(s)
	if err != nil || s.every || id == "" {
		return err
	}
	c.say("===> Using provided cluster id " + id + " ...")
	return c.format(id)
}

// clusterID is the one to format with; "" if the server makes it up itself.
func (c *container) clusterID(s stored) (string, error) {
	wanted := strings.TrimSpace(c.env["CLUSTER_ID"])
	switch {
	case s.clusterID != "" && wanted != "" && wanted != s.clusterID:
		return "", fmt.Errorf("Invalid cluster.id in: %s. Expected %s, but read %s", strings.Join(dirsOf(c.properties), ","), wanted, s.clusterID)
	case s.clusterID != "":
		return s.clusterID, nil
	case wanted != "":
		return wanted, nil
	case c.kind == Keeper && strings.Contains(c.properties["controller.quorum.voters"], ","):
		return agreedClusterID(c.properties["controller.quorum.voters"]), nil
	case c.kind == Kept:
		return c.keptClusterID()
	case c.kind == KRaft && c.apache:
		return apacheClusterID, nil
	}
	cfg, err := config.Load(maps.Clone(config.Properties(c.properties)), nil)
	if err != nil {
		return "", err
	}
	if v := cfg.Voters(); cfg.Alone() || len(v) == 1 && v[0].ID == cfg.NodeID() {
		return "", nil
	}
	return "", missing("CLUSTER_ID")
}

// keptClusterID asks the controllers that stand where ZooKeeper stood.
func (c *container) keptClusterID() (string, error) {
	addresses, err := keeperAddresses(c.env["KAFKA_ZOOKEEPER_CONNECT"])
	if err != nil {
		return "", err
	}
	seconds, err := strconv.ParseUint(c.env.or("KAFKA_CUB_ZK_TIMEOUT", "40"), 10, 16)
	if err != nil {
		return "", fmt.Errorf("KAFKA_CUB_ZK_TIMEOUT=%s is no number of seconds", c.env["KAFKA_CUB_ZK_TIMEOUT"])
	}
	c.say("===> Check if Zookeeper is healthy ...")
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	return askClusterID(ctx, addresses)
}

// format runs kafka-storage format.
func (c *container) format(id string) error {
	if c.file == "" {
		c.file = propertiesFile
	}
	args := []string{"kafka-storage", "format", "--ignore-formatted", "--cluster-id", id, "-c", c.file}
	p := c.properties
	if p["controller.quorum.voters"] == "" && p["controller.quorum.bootstrap.servers"] != "" && hasRole(c.env, "controller") {
		args = append(args, "--standalone")
	}
	if code := c.Tool(c.Stdout, c.Stderr, args...); code != 0 {
		return fmt.Errorf("Command [kafka-storage format] FAILED !")
	}
	return nil
}

// writable makes a directory and sees whether a file can be made in it.
func writable(dir string) error {
	if err := vfs.OS.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// whoami is the line that id prints.
func whoami() string {
	text := fmt.Sprintf("uid=%d", os.Getuid())
	if u, err := user.Current(); err == nil {
		text += "(" + u.Username + ")"
	}
	return text + fmt.Sprintf(" gid=%d", os.Getgid())
}

// say prints a line as the images' scripts do.
func (c *container) say(text string) { fmt.Fprintln(c.Stdout, text) }

// info prints a line as the server will.
func (c *container) info(text string) {
	fmt.Fprintf(c.Stdout, "[%s] INFO %s (brolga.container)\n", time.Now().Format("2006-01-02 15:04:05,000"), text)
}
