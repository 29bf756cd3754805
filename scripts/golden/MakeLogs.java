import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.server.log.remote.metadata.storage.RemoteLogSegmentMetadataSnapshot;
import org.apache.kafka.server.log.remote.metadata.storage.serialization.RemoteLogMetadataSerde;
import org.apache.kafka.server.log.remote.storage.RemoteLogMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteMetadata;
import org.apache.kafka.server.log.remote.storage.RemotePartitionDeleteState;

/**
 * Fills a Kafka with a little of everything that kafka-dump-log prints: topics
 * with every codec, headers, nulls and transactions, a classic group, a consumer
 * group and a share group. The one argument is the broker's address.
 */
public class MakeLogs {
    private static String broker;

    public static void main(String[] args) throws Exception {
        broker = args[0];
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            Map<String, String> denseIndex = Map.of("index.interval.bytes", "200", "retention.ms", "-1");
            admin.createTopics(List.of(
                new NewTopic("mail", 1, (short) 1).configs(denseIndex),
                new NewTopic("txn", 1, (short) 1).configs(denseIndex),
                new NewTopic("remote", 1, (short) 1),
                new NewTopic("stamped", 1, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime")))).all().get();
        }
        mail();
        transactions();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("stamped", bytes("by the broker"))).get();
        }
        group("readers", "classic");
        group("modern", "consumer");
        shareGroup();
        remoteLog();
        legacy(Path.of(args[1], "legacy-0"), (byte) 0);
        legacy(Path.of(args[1], "legacy-1"), (byte) 1);
    }

    private static void legacy(Path dir, byte magic) throws Exception {
        Files.createDirectories(dir);
        ByteBuffer log = ByteBuffer.allocate(10_000);
        long offset = 0;
        for (Compression compression : List.of(Compression.NONE, Compression.gzip().build(), Compression.snappy().build(), Compression.lz4().build())) {
            TimestampType type = magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE
                : offset == 4 ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
            MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(5_000), magic, compression, type, offset, 1700000009000L);
            builder.append(magic == 0 ? -1 : 1700000000000L + offset, bytes("key " + offset), bytes("of format " + magic));
            builder.append(magic == 0 ? -1 : 1700000000001L + offset, null, bytes("without a key"));
            log.put(builder.build().buffer());
            offset += 2;
        }
        log.flip();
        byte[] written = new byte[log.remaining()];
        log.get(written);
        Files.write(dir.resolve("00000000000000000000.log"), written);
    }

    private static void mail() throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", codec, "linger.ms", "200"))) {
                producer.send(new ProducerRecord<>("mail", null, 1700000000000L, bytes("key-" + codec), bytes("value of " + codec + " ".repeat(40) + "end"),
                    List.of(new RecordHeader("kind", bytes(codec)), new RecordHeader("empty", null))));
                producer.send(new ProducerRecord<>("mail", null, 1700000001000L, (byte[]) null, bytes("no key, " + codec)));
                producer.send(new ProducerRecord<>("mail", null, 1700000002000L, bytes("no value"), (byte[]) null));
            }
        }
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("enable.idempotence", "false", "acks", "1"))) {
            producer.send(new ProducerRecord<>("mail", null, 1700000003000L, bytes("\u00e5ngstr\u00f6m"), new byte[] {(byte) 0xff, 'a', 0, (byte) 0xc3, 'b'})).get();
            producer.send(new ProducerRecord<>("mail", null, 1700000004000L, new byte[] {0, 0, 0, 42}, new byte[] {0, 0, 0, 0, 0, 0, 1, 0})).get();
        }
    }

    private static void transactions() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "till-1"))) {
            producer.initTransactions();
            for (int i = 0; i < 4; i++) {
                producer.beginTransaction();
                Future<?> sent = producer.send(new ProducerRecord<>("txn", bytes("in transaction " + i)));
                sent.get();
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        // Left open: its producer shows in the snapshot.
        KafkaProducer<byte[], byte[]> open = producer(Map.of("transactional.id", "till-2"));
        open.initTransactions();
        open.beginTransaction();
        open.send(new ProducerRecord<>("txn", bytes("never ended"))).get();
    }

    private static void group(String id, String protocol) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(props(Map.of(
            "group.id", id, "group.protocol", protocol, "auto.offset.reset", "earliest", "enable.auto.commit", "false")))) {
            consumer.subscribe(List.of("mail"));
            while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                // not joined yet
            }
            consumer.commitSync();
        }
    }

    private static void shareGroup() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            var group = new org.apache.kafka.common.config.ConfigResource(org.apache.kafka.common.config.ConfigResource.Type.GROUP, "sharers");
            var earliest = new org.apache.kafka.clients.admin.AlterConfigOp(
                new org.apache.kafka.clients.admin.ConfigEntry("share.auto.offset.reset", "earliest"),
                org.apache.kafka.clients.admin.AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(group, List.of(earliest))).all().get();
        }
        try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(props(Map.of("group.id", "sharers")))) {
            consumer.subscribe(List.of("mail"));
            while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                // not joined yet
            }
            consumer.commitSync();
        }
    }

    // What a broker with tiered storage writes into its topic of its own.
    private static void remoteLog() throws Exception {
        var serde = new RemoteLogMetadataSerde();
        var partition = new TopicIdPartition(new Uuid(1, 2), new TopicPartition("mail", 0));
        var id = new RemoteLogSegmentId(partition, new Uuid(3, 4));
        var epochs = Map.of(0, 0L, 3, 70L);
        var custom = Optional.of(new RemoteLogSegmentMetadata.CustomMetadata(new byte[] {1, 2, 3}));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (RemoteLogMetadata metadata : List.of(
                new RemoteLogSegmentMetadata(id, 0, 99, 1700000000000L, 1, 1700000001000L, 4096, epochs),
                new RemoteLogSegmentMetadataUpdate(id, 1700000002000L, custom, RemoteLogSegmentState.COPY_SEGMENT_FINISHED, 1),
                new RemoteLogSegmentMetadataUpdate(id, 1700000002500L, Optional.empty(), RemoteLogSegmentState.DELETE_SEGMENT_STARTED, 1),
                new RemotePartitionDeleteMetadata(partition, RemotePartitionDeleteState.DELETE_PARTITION_MARKED, 1700000003000L, 1),
                new RemoteLogSegmentMetadataSnapshot(new Uuid(5, 6), 100, 199, 1700000004000L, 1, 1700000005000L, 8192, custom,
                    RemoteLogSegmentState.COPY_SEGMENT_FINISHED, epochs, true))) {
                producer.send(new ProducerRecord<>("remote", serde.serialize(metadata))).get();
            }
            producer.send(new ProducerRecord<>("remote", bytes("nonsense"))).get();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, String> more) {
        return new KafkaProducer<>(props(more));
    }

    private static Properties props(Map<String, String> more) {
        Properties props = new Properties();
        props.put("bootstrap.servers", broker);
        props.put("key.serializer", ByteArraySerializer.class.getName());
        props.put("value.serializer", ByteArraySerializer.class.getName());
        props.put("key.deserializer", ByteArrayDeserializer.class.getName());
        props.put("value.deserializer", ByteArrayDeserializer.class.getName());
        props.putAll(more);
        return props;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
