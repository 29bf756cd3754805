package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	rpprof "runtime/pprof"
	"time"

	"github.com/brolga-io/brolga/internal/api"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

type logs struct {
	dir string
	env *commitlog.Env
}

func (l *logs) Create(tp commitlog.TopicPartition, id [16]byte, cfg *commitlog.Config) (*commitlog.Log, error) {
	dir := l.dir + "/" + tp.String()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return commitlog.Open(dir, commitlog.Options{Env: l.env, Config: cfg, RecoveryPoint: commitlog.Unknown, LogStartOffset: commitlog.Unknown})
}
func (l *logs) Delete(tp commitlog.TopicPartition, id [16]byte) error   { return nil }
func (l *logs) HighWatermark(tp commitlog.TopicPartition) (int64, bool) { return 0, false }
func (l *logs) Report(_ *commitlog.Log, err error)                      { log.Print(err) }

func main() {
	addr := flag.String("addr", "127.0.0.1:19193", "")
	dir := flag.String("dir", "dev-data", "")
	pprof := flag.String("pprof", "", "")
	prof := flag.String("prof", "", "")
	gc := flag.Int("gc", 100, "")
	flag.Parse()
	debug.SetGCPercent(*gc)
	os.RemoveAll(*dir)
	os.MkdirAll(*dir, 0o755)
	if *pprof != "" {
		go http.ListenAndServe(*pprof, nil)
	}
	if *prof != "" {
		f, _ := os.Create(*prof)
		runtime.SetCPUProfileRate(2000)
		rpprof.StartCPUProfile(f)
		c := make(chan os.Signal, 1)
		signal.Notify(c, os.Interrupt)
		go func() { <-c; rpprof.StopCPUProfile(); f.Close(); os.Exit(0) }()
	}
	recs := []wire.Record{&wire.TopicRecord{Name: "bench", TopicId: wire.UUID{1}}}
	for i := range int32(4) {
		p := &wire.PartitionRecord{}
		p.SetDefaults()
		p.TopicId, p.PartitionId, p.Replicas, p.Isr, p.Leader = wire.UUID{1}, i, []int32{1}, []int32{1}, 1
		recs = append(recs, p)
	}
	img, delta, err := metadata.Empty().Apply(recs, int64(len(recs)), 1)
	if err != nil {
		log.Fatal(err)
	}
	none := func(string) (string, bool) { return "", false }
	env := &commitlog.Env{FS: vfs.OS, Now: func() int64 { return time.Now().UnixMilli() }, FDs: commitlog.NewFDCache(1000)}
	set := replica.NewSet(replica.Options{
		BrokerID: 1, Logs: &logs{*dir, env},
		Settings: func(img *metadata.Image, topic string) config.TopicSettings {
			return config.ResolveTopic(img.Config(2, topic), none)
		},
		RandomInt32: rand.Int32, MaxSessions: 1000,
	})
	set.Apply(img, delta)
	a := api.New(api.Options{BrokerID: 1, Image: func() *metadata.Image { return img }, Replicas: set})
	s := server.New(server.Config{}, a)
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	s.Serve("PLAINTEXT", l)
	fmt.Println("ready")
	select {}
}
