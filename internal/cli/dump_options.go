package cli

import (
	"math"
	"strings"
)

const defaultDecoder = "org.apache.kafka.tools.api.StringDecoder"

// dumpOptions are the options of kafka-dump-log.
type dumpOptions struct {
	parser *optionParser
	set    *optionSet

	files, printData, deep, skipMetadata *option
	verifyOnly, sanityCheck              *option
	maxMessageSize, maxBytes             *option
	keyDecoder, valueDecoder             *option
	offsets, transactions, metadata      *option
	remoteLog, shareState                *option
}

func newDumpOptions() *dumpOptions {
	p := newOptionParser()
	o := &dumpOptions{parser: p}
	o.printData = p.accepts("print-data-log", "If set, printing the messages content when dumping data logs. Automatically set if any decoder option is specified.")
	o.verifyOnly = p.accepts("verify-index-only", "If set, just verify the index log without printing its content.")
	o.sanityCheck = p.accepts("index-sanity-check", "If set, just checks the index sanity without printing its content. "+
		"This is the same check that is executed on broker startup to determine if an index needs rebuilding or not.")
	o.files = p.accepts("files", "REQUIRED: The comma separated list of data and index log files to be dumped.").withRequired("file1, file2, ...")
	o.maxMessageSize = p.accepts("max-message-size", "Size of largest message.").withRequired("size").ofType("Integer").defaultsTo("5242880")
	o.maxBytes = p.accepts("max-bytes", "Limit the amount of total batches read in bytes avoiding reading the whole .log file(s).").
		withRequired("size").ofType("Integer").defaultsTo("2147483647")
	o.deep = p.accepts("deep-iteration", "If set, uses deep instead of shallow iteration. Automatically set if print-data-log is enabled.")
	o.acceptDecoders(p)
	o.skipMetadata = p.accepts("skip-record-metadata", "Skip metadata when printing records. This flag also skips control records.")
	return o
}

func (o *dumpOptions) acceptDecoders(p *optionParser) {
	const custom = " This class should implement org.apache.kafka.tools.api.Decoder trait. Custom jar should be available in kafka/libs directory."
	o.valueDecoder = p.accepts("value-decoder-class", "If set, used to deserialize the messages."+custom).withOptional("").defaultsTo(defaultDecoder)
	o.keyDecoder = p.accepts("key-decoder-class", "If set, used to deserialize the keys."+custom).withOptional("").defaultsTo(defaultDecoder)
	o.offsets = p.accepts("offsets-decoder", "If set, log data will be parsed as offset data from the __consumer_offsets topic.")
	o.transactions = p.accepts("transaction-log-decoder", "If set, log data will be parsed as transaction metadata from the __transaction_state topic.")
	o.metadata = p.accepts("cluster-metadata-decoder", "If set, log data will be parsed as cluster metadata records.")
	o.remoteLog = p.accepts("remote-log-metadata-decoder", "If set, log data will be parsed as TopicBasedRemoteLogMetadataManager (RLMM) metadata records. "+
		"Instead, the value-decoder-class option can be used if a custom RLMM implementation is configured.")
	o.shareState = p.accepts("share-group-state-decoder", "If set, log data will be parsed as share group state data from the __share_group_state topic.")
}

// dumpRequest is what a command line of kafka-dump-log asks for.
type dumpRequest struct {
	files              []string
	records, contents  bool // print the records, and what is in them
	skipMetadata       bool
	verifyOnly, sanity bool
}

func (o *dumpOptions) read(env *Env, args []string) (*dumpRequest, error) {
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return nil, err
	}
	err = o.parser.helpOrVersion(env, args, o.set,
		"This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.")
	if err == nil {
		err = requireOptions(o.set, o.files)
	}
	if err != nil {
		return nil, err
	}
	files, err := o.set.value(o.files)
	if err != nil {
		return nil, err
	}
	r := &dumpRequest{
		files:        strings.Split(strings.TrimRight(files, ","), ","),
		skipMetadata: o.set.has(o.skipMetadata),
		verifyOnly:   o.set.has(o.verifyOnly),
		sanity:       o.set.has(o.sanityCheck),
	}
	r.contents = countGiven(o.set, o.printData, o.offsets, o.transactions, o.metadata, o.remoteLog, o.shareState, o.valueDecoder, o.keyDecoder) > 0
	r.records = r.contents || o.set.has(o.deep)
	return r, nil
}

// forSegments reads the options that only segments need, which the original
// does when it comes to the first of them.
func (d *dump) forSegments() (err error) {
	if d.parser, err = d.options.recordParser(); err != nil {
		return err
	}
	d.maxBytes, err = d.options.set.number(d.options.maxBytes)
	return err
}

// limited tells whether --max-bytes cuts the file short.
func (d *dump) limited() bool { return d.maxBytes != math.MaxInt32 }

func (o *dumpOptions) recordParser() (recordParser, error) {
	switch {
	case o.set.has(o.offsets):
		return groupLog, nil
	case o.set.has(o.transactions):
		return transactionLog, nil
	case o.set.has(o.metadata):
		return parseMetadataRecord, nil
	case o.set.has(o.remoteLog):
		return parseRemoteLogRecord, nil
	case o.set.has(o.shareState):
		return shareLog, nil
	}
	valueClass, err := o.set.value(o.valueDecoder)
	if err != nil {
		return nil, err
	}
	keyClass, err := o.set.value(o.keyDecoder)
	if err != nil {
		return nil, err
	}
	value, err := decoderOf(valueClass)
	if err != nil {
		return nil, err
	}
	key, err := decoderOf(keyClass)
	return plainRecord(key, value), err
}
