// The Java clients as a peer of the tests; test/compat/peer/driver.go tells the
// commands and the form of records. Compiled against the pinned clients and
// against those of the 3.1 time.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Driver {
    static final PrintStream out = new PrintStream(System.out, true);

    public static void main(String[] args) throws Exception {
        List<String> rest = new ArrayList<>();
        Properties props = new Properties();
        props.put("bootstrap.servers", args[1]);
        for (int i = 2; i < args.length; i++) {
            if (args[i].equals("-P")) {
                String[] kv = args[++i].split("=", 2);
                props.put(kv[0], kv[1]);
            } else {
                rest.add(args[i]);
            }
        }
        switch (args[0]) {
            case "produce": produce(props, rest); break;
            case "consume": consume(props, rest); break;
            case "join": join(props, rest); break;
            case "admin": AdminDriver.run(props, rest); break;
            default: throw new IllegalArgumentException(args[0]);
        }
    }

    static void produce(Properties props, List<String> targets) throws Exception {
        List<String> lines = new ArrayList<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) lines.add(line);
        for (String target : targets) {
            String[] topicAndCodec = target.split(":");
            props.put("compression.type", topicAndCodec[1]);
            props.put("linger.ms", props.getOrDefault("linger.ms", "20"));
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(props, new ByteArraySerializer(), new ByteArraySerializer())) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (String line : lines) sent.add(producer.send(parse(topicAndCodec[0], line)));
                for (Future<RecordMetadata> f : sent) {
                    try {
                        RecordMetadata m = f.get();
                        out.println(m.topic() + "\t" + m.partition() + "\t" + m.offset());
                    } catch (java.util.concurrent.ExecutionException e) {
                        out.println("error\t" + e.getCause().getClass().getSimpleName() + "\t" + e.getCause().getMessage());
                    }
                }
            }
        }
    }

    static ProducerRecord<byte[], byte[]> parse(String topic, String line) {
        String[] f = line.split("\t", -1);
        int partition = Integer.parseInt(f[0]);
        long timestamp = Long.parseLong(f[1]);
        List<Header> headers = new ArrayList<>();
        if (!f[4].isEmpty()) {
            for (String h : f[4].split(";")) {
                String[] kv = h.split("=", 2);
                headers.add(new RecordHeader(kv[0], decode(kv[1])));
            }
        }
        return new ProducerRecord<>(topic, partition < 0 ? null : partition, timestamp < 0 ? null : timestamp, decode(f[2]), decode(f[3]), headers);
    }

    static void consume(Properties props, List<String> rest) {
        int count = Integer.parseInt(rest.get(0));
        String group = rest.get(1);
        List<String> topics = rest.subList(2, rest.size());
        props.putIfAbsent("auto.offset.reset", "earliest");
        if (!group.equals("-")) props.put("group.id", group);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(props, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            if (group.equals("-")) {
                List<TopicPartition> all = new ArrayList<>();
                for (String t : topics) consumer.partitionsFor(t).forEach(p -> all.add(new TopicPartition(t, p.partition())));
                consumer.assign(all);
                consumer.seekToBeginning(all);
            } else {
                consumer.subscribe(topics);
            }
            while (count > 0) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(200))) {
                    out.println(format(r));
                    count--;
                }
            }
            if (!group.equals("-")) consumer.commitSync();
        }
    }

    // join stays in a group until standard input ends, and tells what happens.
    static void join(Properties props, List<String> rest) {
        props.put("group.id", rest.get(0));
        props.putIfAbsent("auto.offset.reset", "earliest");
        AtomicBoolean open = new AtomicBoolean(true);
        Thread reader = new Thread(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (java.io.IOException e) {
                // the same as its end
            }
            open.set(false);
        });
        reader.setDaemon(true);
        reader.start();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(props, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(rest.subList(1, rest.size()), new ConsumerRebalanceListener() {
                public void onPartitionsAssigned(Collection<TopicPartition> p) {
                    out.println("assigned\t" + names(consumer.assignment()));
                }
                public void onPartitionsRevoked(Collection<TopicPartition> p) {
                    out.println("revoked\t" + names(p));
                }
            });
            while (open.get()) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(50))) out.println("record\t" + format(r));
            }
        }
    }

    static String names(Collection<TopicPartition> partitions) {
        TreeSet<String> names = new TreeSet<>();
        for (TopicPartition p : partitions) names.add(p.toString());
        return String.join(",", names);
    }

    static String format(ConsumerRecord<byte[], byte[]> r) {
        List<String> headers = new ArrayList<>();
        for (Header h : r.headers()) headers.add(h.key() + "=" + encode(h.value()));
        return String.join("\t", r.topic(), "" + r.partition(), "" + r.offset(), "" + r.timestamp(),
            encode(r.key()), encode(r.value()), String.join(";", headers));
    }

    static String encode(byte[] b) {
        return b == null ? "-" : Base64.getEncoder().encodeToString(b);
    }

    static byte[] decode(String s) {
        return s.equals("-") ? null : Base64.getDecoder().decode(s);
    }
}
