// The Java admin client as a peer of the tests; test/compat/peer/admin.go tells
// what it does and prints.

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

class AdminDriver {
    final Admin admin;
    final String given;
    final String fresh;
    final String group;

    AdminDriver(Admin admin, List<String> args) {
        this.admin = admin;
        given = args.get(0);
        fresh = args.get(1);
        group = args.get(2);
    }

    static void run(Properties props, List<String> args) throws Exception {
        try (Admin admin = Admin.create(props)) {
            AdminDriver d = new AdminDriver(admin, args);
            d.cluster();
            d.topics();
            d.groups();
            d.deletions();
        }
    }

    void cluster() throws Exception {
        say("cluster", admin.describeCluster().nodes().get().size(), admin.describeCluster().controller().get().id());
    }

    void topics() throws Exception {
        NewTopic wanted = new NewTopic(fresh, 2, (short) 1).configs(Map.of("retention.ms", "12345678"));
        say("create", result(() -> admin.createTopics(List.of(wanted)).all().get()));
        say("create", result(() -> admin.createTopics(List.of(wanted)).all().get()));
        say("config", retention());
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, fresh);
        AlterConfigOp op = new AlterConfigOp(new ConfigEntry("retention.ms", "7654321"), AlterConfigOp.OpType.SET);
        say("alter", result(() -> admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get()));
        say("config", retention());
        say("grow", result(() -> admin.createPartitions(Map.of(fresh, NewPartitions.increaseTo(3))).all().get()));
        say("grow", result(() -> admin.createPartitions(Map.of(fresh, NewPartitions.increaseTo(1))).all().get()));
        say("listed", admin.listTopics().names().get().contains(fresh));
    }

    String retention() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, fresh);
        ConfigEntry e = admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms");
        return e.value() + "\t" + e.isDefault();
    }

    void groups() throws Exception {
        List<String> names = new ArrayList<>();
        for (ConsumerGroupListing g : admin.listConsumerGroups().all().get()) names.add(g.groupId());
        say("group", names.contains(group), admin.describeConsumerGroups(List.of(group)).all().get().get(group).state());
        say("offsets", offsets());
        Map<TopicPartition, OffsetAndMetadata> change = Map.of(new TopicPartition(given, 0), new OffsetAndMetadata(4, "moved"));
        say("reset", result(() -> admin.alterConsumerGroupOffsets(group, change).all().get()));
        say("offsets", offsets());
    }

    String offsets() throws Exception {
        Map<String, String> lines = new TreeMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
            .forEach((p, o) -> lines.put(p.toString(), o.offset() + o.metadata()));
        return lines.toString();
    }

    void deletions() throws Exception {
        TopicPartition p = new TopicPartition(given, 0);
        say("records", admin.deleteRecords(Map.of(p, RecordsToDelete.beforeOffset(3))).lowWatermarks().get(p).get().lowWatermark());
        say("delete group", result(() -> admin.deleteConsumerGroups(List.of(group)).all().get()));
        say("delete group", result(() -> admin.deleteConsumerGroups(List.of(group)).all().get()));
        say("delete", result(() -> admin.deleteTopics(List.of(fresh)).all().get()));
        say("delete", result(() -> admin.deleteTopics(List.of(fresh)).all().get()));
    }

    static String result(Callable<?> call) throws Exception {
        try {
            call.call();
            return "ok";
        } catch (ExecutionException e) {
            return Errors.forException(e.getCause()).name();
        }
    }

    static void say(Object... fields) {
        List<String> text = new ArrayList<>();
        for (Object f : fields) text.add(String.valueOf(f));
        Driver.out.println(String.join("\t", text));
    }
}
