package metrics

import "time"

// Log has the metrics of the data directories.
type Log struct {
	Flush           Histogram
	UncleanRecovery Counter // logs that had to be recovered at start
	Counts          Source[LogCounts]
}

// LogCounts are the numbers of the logs of this broker.
type LogCounts struct {
	Logs, Segments     int
	Bytes              int64
	OfflineDirectories int
	CleanerBacklog     int // logs that are dirty enough to be compacted
}

func (l *Log) collect(out *emitter, now time.Time) {
	out.histogram("kafka_log_logflushstats_logflushrateandtimems", "Milliseconds of a flush to disk.", "", "", l.Flush.read(now))
	out.plainCounter("brolga_log_unclean_recoveries_total", "Logs that had to be recovered at start.", &l.UncleanRecovery)
	c, ok := l.Counts.read()
	if !ok {
		return
	}
	out.gauge("kafka_log_logmanager_offlinelogdirectorycount", "Log directories that failed.", c.OfflineDirectories)
	out.gauge("kafka_log_logcleanermanager_uncleanable_partitions_count", "Logs that wait to be compacted.", c.CleanerBacklog)
	out.gauge("brolga_log_count", "Logs on this broker.", c.Logs)
	out.gauge("brolga_log_segments", "Segments of all logs.", c.Segments)
	out.gauge("brolga_log_bytes", "Bytes of all logs.", int(c.Bytes))
}
