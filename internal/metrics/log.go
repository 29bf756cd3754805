package metrics

import (
	"iter"
	"strconv"
	"time"
)

// Log has the metrics of the data directories.
type Log struct {
	Flush           Histogram
	UncleanRecovery Counter // logs that had to be recovered at start
	Counts          Source[LogCounts]
	Each            Source[iter.Seq[OneLog]]
}

// OneLog are the numbers of one partition's log.
type OneLog struct {
	Topic      string
	Partition  int32
	Bytes      int64
	Segments   int
	Start, End int64 // offsets; below 0 where they are not known
}

// LogCounts are the numbers of the logs of this broker.
type LogCounts struct {
	Logs, Segments     int
	Bytes              int64
	OfflineDirectories int
	Directories        map[string]bool // by path: offline
	Cleaner            CleanerCounts
}

// CleanerCounts are what the log cleaner has done.
type CleanerCounts struct {
	SinceLastRunMs          int64 // below 0 if it never ran
	MaxDirtyRatio           float64
	Compactions             int64
	ReadBytes, WrittenBytes int64
	UncleanableByDirectory  map[string]int // partitions that were set aside
}

func (l *Log) collect(out *emitter, now time.Time) {
	out.histogram("kafka_log_logflushstats_logflushrateandtimems", "Milliseconds of a flush to disk.", "", "", l.Flush.read(now))
	out.plainCounter("brolga_log_unclean_recoveries_total", "Logs that had to be recovered at start.", &l.UncleanRecovery)
	c, ok := l.Counts.read()
	if !ok {
		return
	}
	out.gauge("kafka_log_logmanager_offlinelogdirectorycount", "Log directories that failed.", c.OfflineDirectories)
	offline := out.desc("kafka_log_logmanager_logdirectoryoffline", "1 if the directory failed.", "logDirectory")
	for path, failed := range c.Directories {
		value := 0.0
		if failed {
			value = 1
		}
		out.value(offline, value, path)
	}
	c.Cleaner.collect(out)
	out.gauge("brolga_log_count", "Logs on this broker.", c.Logs)
	out.gauge("brolga_log_segments", "Segments of all logs.", c.Segments)
	out.gauge("brolga_log_bytes", "Bytes of all logs.", int(c.Bytes))
	if each, ok := l.Each.read(); ok {
		collectLogs(out, each)
	}
}

func (c *CleanerCounts) collect(out *emitter) {
	const manager, cleaner = "kafka_log_logcleanermanager_", "kafka_log_logcleaner_"
	uncleanable := out.desc(manager+"uncleanable_partitions_count", "Partitions that compaction has set aside.", "logDirectory")
	for path, n := range c.UncleanableByDirectory {
		out.value(uncleanable, float64(n), path)
	}
	if c.SinceLastRunMs >= 0 {
		out.gauge(manager+"time_since_last_run_ms", "Milliseconds since a cleaner looked for work.", int(c.SinceLastRunMs))
	}
	out.value(out.desc(manager+"max_dirty_percent", "Part of the dirtiest log that is not compacted."), 100*c.MaxDirtyRatio)
	recopied := 0.0
	if c.ReadBytes > 0 {
		recopied = 100 * float64(c.WrittenBytes) / float64(c.ReadBytes)
	}
	out.value(out.desc(cleaner+"cleaner_recopy_percent", "Bytes written of a hundred read."), recopied)
	out.counter(out.desc("brolga_log_cleaner_compactions_total", "Compactions of a log."), c.Compactions)
	out.counter(out.desc("brolga_log_cleaner_read_bytes_total", "Bytes that compaction has read."), c.ReadBytes)
	out.counter(out.desc("brolga_log_cleaner_written_bytes_total", "Bytes that compaction has written."), c.WrittenBytes)
}

// collectLogs reports every log by topic and partition.
func collectLogs(out *emitter, each iter.Seq[OneLog]) {
	desc := func(name, help string) func(v float64, l *OneLog, number string) {
		d := out.desc("kafka_log_log_"+name, help, "topic", "partition")
		return func(v float64, l *OneLog, number string) { out.value(d, v, l.Topic, number) }
	}
	size, segments := desc("size", "Bytes of the log."), desc("numlogsegments", "Segments of the log.")
	start, end := desc("logstartoffset", "First offset of the log."), desc("logendoffset", "Offset of the next record.")
	for l := range each {
		number := strconv.Itoa(int(l.Partition))
		size(float64(l.Bytes), &l, number)
		segments(float64(l.Segments), &l, number)
		if l.Start >= 0 {
			start(float64(l.Start), &l, number)
		}
		if l.End >= 0 {
			end(float64(l.End), &l, number)
		}
	}
}
