// Stores schemas as Confluent's Schema Registry does (its class KafkaStore): a
// compacted topic of one partition, one writer, and a reader that follows it from
// the beginning into memory; a write counts when the reader has seen it.
//
//   SchemaStore ADDRESS TOPIC
//
// Reads commands: "put SUBJECT VERSION SCHEMA", "delete SUBJECT VERSION" and
// "dump", which prints "schema KEY VALUE" of everything in memory and "end OFFSET".
// Ends when standard input does.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class SchemaStore {
    static final PrintStream out = new PrintStream(System.out, true);
    static final String NOOP = "{\"keytype\":\"NOOP\",\"magic\":0}";

    final String topic;
    final KafkaProducer<byte[], byte[]> producer;
    final KafkaConsumer<byte[], byte[]> consumer;
    final Map<String, String> schemas = new TreeMap<>();
    final Thread reader = new Thread(this::follow);
    volatile boolean open = true;
    long seen = -1; // the last offset in memory, guarded by this

    public static void main(String[] args) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
            prepare(admin, args[1]);
        }
        SchemaStore store = new SchemaStore(args[0], args[1]);
        out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] f = line.split(" ", 4);
            switch (f[0]) {
                case "put": store.write(key(f[1], f[2]), value(f[1], f[2], f[3])); break;
                case "delete": store.write(key(f[1], f[2]), null); break;
                case "dump": store.dump(); break;
                default: throw new IllegalArgumentException(line);
            }
        }
        store.close();
    }

    // prepare creates the topic, or makes sure that it is as it must be.
    static void prepare(Admin admin, String topic) throws Exception {
        try {
            NewTopic wanted = new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(wanted)).all().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) throw e;
        }
        TopicDescription is = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        if (is.partitions().size() != 1) throw new IllegalStateException(is.toString());
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        if (!config.get("cleanup.policy").value().equals("compact")) throw new IllegalStateException(config.toString());
    }

    SchemaStore(String address, String topic) throws Exception {
        this.topic = topic;
        Properties p = new Properties();
        p.put("bootstrap.servers", address);
        p.put("acks", "-1");
        p.put("retries", "0");
        p.put("enable.idempotence", "false");
        producer = new KafkaProducer<>(p, new ByteArraySerializer(), new ByteArraySerializer());
        Properties c = new Properties();
        c.put("bootstrap.servers", address);
        c.put("group.id", "schema-registry-" + topic);
        c.put("client.id", "KafkaStore-reader-" + topic);
        c.put("auto.offset.reset", "earliest");
        c.put("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(c, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partition = Collections.singletonList(new TopicPartition(topic, 0));
        consumer.assign(partition);
        consumer.seekToBeginning(partition);
        reader.start();
        write(NOOP, null); // everything before it is in memory then
    }

    void follow() {
        while (open) {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) apply(r);
        }
    }

    synchronized void apply(ConsumerRecord<byte[], byte[]> r) {
        String key = new String(r.key(), StandardCharsets.UTF_8);
        if (r.value() == null) {
            schemas.remove(key);
        } else {
            schemas.put(key, new String(r.value(), StandardCharsets.UTF_8));
        }
        seen = r.offset();
        notifyAll();
    }

    // write returns when the reader has seen the record.
    void write(String key, String value) throws Exception {
        byte[] v = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> r = new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), v);
        long offset = producer.send(r).get(30, TimeUnit.SECONDS).offset();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        synchronized (this) {
            while (seen < offset) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) throw new IllegalStateException("the reader is at " + seen + ", not at " + offset);
                wait(left);
            }
        }
    }

    synchronized void dump() {
        schemas.forEach((key, value) -> out.println("schema " + key + " " + value));
        out.println("end " + seen);
    }

    void close() throws InterruptedException {
        open = false;
        reader.join();
        consumer.close();
        producer.close();
    }

    static String key(String subject, String version) {
        return "{\"keytype\":\"SCHEMA\",\"subject\":\"" + subject + "\",\"version\":" + version + ",\"magic\":1}";
    }

    static String value(String subject, String version, String schema) {
        return "{\"subject\":\"" + subject + "\",\"version\":" + version + ",\"id\":1,\"schema\":\"" + schema + "\",\"deleted\":false}";
    }
}
