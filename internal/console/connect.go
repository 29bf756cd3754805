package console

import (
	"net"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// connect has what a person needs to reach the cluster with their own client.
func (c *call) connect() (view.Connect, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Connect{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.Connect{}, err
	}
	var v view.Connect
	for _, l := range k.Listeners {
		l.Note = "Listener " + l.Note + ": " + reachNote(l.Host)
		v.Advertised = append(v.Advertised, l)
	}
	if len(k.Listeners) == 0 {
		for _, b := range m.brokers {
			if b.online {
				v.Advertised = append(v.Advertised, view.Advertised{Broker: b.id, Host: b.host, Port: b.port, Note: reachNote(b.host)})
			}
		}
	}
	host, inside := k.addresses(v.Advertised)
	v.Bootstrap = host
	v.Snippets = snippets(host, inside)
	return v, nil
}

// addresses picks what programs on this machine and in containers ask first.
func (k *cluster) addresses(all []view.Advertised) (host, inside string) {
	for _, a := range all {
		address := net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
		if loopback(a.Host) {
			host = firstOf(host, address)
		} else {
			inside = firstOf(inside, address)
		}
	}
	first := strings.Join(k.bootstrap, ",")
	return firstOf(host, firstOf(inside, first)), firstOf(inside, firstOf(host, first))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// reachNote says who can reach an address, as far as the address tells.
func reachNote(host string) string {
	ip := net.ParseIP(host)
	switch {
	case loopback(host):
		return "only programs on the broker's own machine can reach it; in a container this name is the container itself."
	case ip != nil && ip.IsPrivate():
		return "programs in the same private network can reach it."
	case ip == nil && !strings.Contains(host, "."):
		return "a name without a dot, known in the container network or the local network only."
	}
	return "programs that can resolve and reach this address."
}

// snippets are the first lines with the tools and six languages.
func snippets(host, inside string) []view.Snippet {
	fill := func(text, address string) string {
		return strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "BOOTSTRAP", address)
	}
	return []view.Snippet{
		{ID: "host", Title: "On this machine", Language: "sh", Text: fill(snippetTools, host)},
		{ID: "container", Title: "In a container", Language: "sh", Text: fill(snippetTools, inside)},
		{ID: "java", Title: "Java", Language: "java", Text: fill(snippetJava, host)},
		{ID: "python", Title: "Python", Language: "python", Text: fill(snippetPython, host)},
		{ID: "node", Title: "Node.js", Language: "javascript", Text: fill(snippetNode, host)},
		{ID: "go", Title: "Go", Language: "go", Text: fill(snippetGo, host)},
		{ID: "dotnet", Title: ".NET", Language: "csharp", Text: fill(snippetDotnet, host)},
		{ID: "rust", Title: "Rust", Language: "rust", Text: fill(snippetRust, host)},
	}
}

const snippetTools = `
kafka-topics --bootstrap-server BOOTSTRAP --create --topic mytopic --partitions 5
echo hello | kafka-console-producer --bootstrap-server BOOTSTRAP --topic mytopic
kafka-console-consumer --bootstrap-server BOOTSTRAP --topic mytopic --from-beginning
`

const snippetJava = `
// org.apache.kafka:kafka-clients
var props = new Properties();
props.put("bootstrap.servers", "BOOTSTRAP");
props.put("key.serializer", StringSerializer.class);
props.put("value.serializer", StringSerializer.class);
try (var producer = new KafkaProducer<String, String>(props)) {
    producer.send(new ProducerRecord<>("mytopic", "my key", "hello")).get();
}
`

const snippetPython = `
# pip install confluent-kafka
from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": "BOOTSTRAP"})
producer.produce("mytopic", key="my key", value="hello")
producer.flush()
`

const snippetNode = `
// npm install kafkajs
import { Kafka } from "kafkajs";

const producer = new Kafka({ brokers: ["BOOTSTRAP"] }).producer();
await producer.connect();
await producer.send({ topic: "mytopic", messages: [{ key: "my key", value: "hello" }] });
await producer.disconnect();
`

const snippetGo = `
// go get github.com/twmb/franz-go
client, err := kgo.NewClient(kgo.SeedBrokers("BOOTSTRAP"))
if err != nil {
	log.Fatal(err)
}
defer client.Close()
record := &kgo.Record{Topic: "mytopic", Key: []byte("my key"), Value: []byte("hello")}
err = client.ProduceSync(ctx, record).FirstErr()
`

const snippetDotnet = `
// dotnet add package Confluent.Kafka
using Confluent.Kafka;

using var producer = new ProducerBuilder<string, string>(
    new ProducerConfig { BootstrapServers = "BOOTSTRAP" }).Build();
await producer.ProduceAsync("mytopic", new() { Key = "my key", Value = "hello" });
`

const snippetRust = `
// cargo add rdkafka tokio --features tokio/full
let producer: FutureProducer = ClientConfig::new()
    .set("bootstrap.servers", "BOOTSTRAP")
    .create()?;
let record = FutureRecord::to("mytopic").key("my key").payload("hello");
producer.send(record, Duration::from_secs(5)).await.map_err(|(e, _)| e)?;
`
