// Records what a real Kafka says about its config keys, for internal/config:
//
//   keys.tsv     kind, name, type, default, importance, update mode, internal
//   values.tsv   kind, name, input, what it becomes or the error
//   startup.tsv  properties, the error of a broker that starts with them
//   updates.tsv  resource, configs, the error of changing them
//
// Usage (see scripts/record-configs.sh): java -cp 'target/broker/*' src/RecordConfigs.java DIR
// where DIR holds startup.in and updates.in and receives the four files.

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;

public class RecordConfigs {
    static final String[] NUMBERS = {"x", "-3", "0", " 7 ", "5000000000"};
    static final String[] MORE_NUMBERS = {"", "99999999999999999999", "1.5", "+5", "1e3"};
    static final String[] BOOLEANS = {"yes", " TRUE ", ""};
    static final String[] STRINGS = {"x", ""};
    static final String[] LISTS = {"x", "", "a,a", ",a", "a, b "};

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        Map<String, ConfigDef> defs = new LinkedHashMap<>();
        defs.put("broker", (ConfigDef) type("kafka.server.KafkaConfig").getMethod("configDef").invoke(null));
        defs.put("topic", (ConfigDef) type("org.apache.kafka.storage.internals.log.LogConfig").getMethod("configDefCopy").invoke(null));
        defs.put("group", (ConfigDef) type("org.apache.kafka.coordinator.group.GroupConfig").getField("CONFIG_DEF").get(null));
        defs.put("client-metrics", (ConfigDef) type("org.apache.kafka.server.metrics.ClientMetricsConfigs").getMethod("configDef").invoke(null));
        recordKeys(dir, defs);
        recordValues(dir, defs);
        recordStartup(dir);
        recordUpdates(dir);
    }

    static Class<?> type(String name) throws Exception {
        return Class.forName(name);
    }

    @SuppressWarnings("unchecked")
    static void recordKeys(Path dir, Map<String, ConfigDef> defs) throws Exception {
        Map<String, String> modes = (Map<String, String>) type("org.apache.kafka.server.config.DynamicBrokerConfig")
            .getMethod("dynamicConfigUpdateModes").invoke(null);
        try (PrintWriter out = new PrintWriter(dir.resolve("keys.tsv").toFile())) {
            for (var kind : defs.entrySet()) {
                for (ConfigDef.ConfigKey k : new TreeMap<>(kind.getValue().configKeys()).values()) {
                    String mode = kind.getKey().equals("broker") ? modes.getOrDefault(k.name, "read-only") : "";
                    out.println(String.join("\t", kind.getKey(), k.name, k.type.name(), defaultOf(k),
                        k.importance.name(), mode, k.internalConfig ? "internal" : ""));
                }
            }
        }
    }

    static String defaultOf(ConfigDef.ConfigKey k) {
        if (k.defaultValue == ConfigDef.NO_DEFAULT_VALUE) return "<required>";
        if (k.defaultValue == null) return "<null>";
        return ConfigDef.convertToString(k.defaultValue, k.type);
    }

    static void recordValues(Path dir, Map<String, ConfigDef> defs) throws Exception {
        Method parse = ConfigDef.class.getDeclaredMethod("parseValue", ConfigDef.ConfigKey.class, Object.class, boolean.class);
        parse.setAccessible(true);
        try (PrintWriter out = new PrintWriter(dir.resolve("values.tsv").toFile())) {
            for (var kind : defs.entrySet()) {
                for (ConfigDef.ConfigKey k : new TreeMap<>(kind.getValue().configKeys()).values()) {
                    for (String input : inputs(kind.getKey(), k)) {
                        String result = outcome(() ->
                            "ok " + ConfigDef.convertToString(parse.invoke(kind.getValue(), k, input, true), k.type));
                        out.println(String.join("\t", kind.getKey(), k.name, input, result));
                    }
                }
            }
        }
    }

    static String[] inputs(String kind, ConfigDef.ConfigKey k) {
        switch (k.type) {
            case BOOLEAN: return BOOLEANS;
            case STRING: return STRINGS;
            case LIST: return LISTS;
            case INT: case LONG: case SHORT: case DOUBLE:
                if (kind.equals("broker")) return NUMBERS;
                String[] all = new String[NUMBERS.length + MORE_NUMBERS.length];
                System.arraycopy(NUMBERS, 0, all, 0, NUMBERS.length);
                System.arraycopy(MORE_NUMBERS, 0, all, NUMBERS.length, MORE_NUMBERS.length);
                return all;
            default: return new String[0];
        }
    }

    static void recordStartup(Path dir) throws Exception {
        Method fromProps = type("kafka.server.KafkaConfig").getMethod("fromProps", Properties.class);
        Map<String, String> bases = new HashMap<>();
        try (PrintWriter out = new PrintWriter(dir.resolve("startup.tsv").toFile())) {
            for (String line : Files.readAllLines(dir.resolve("startup.in"))) {
                if (line.startsWith("define ")) {
                    String[] words = line.split(" ", 3);
                    bases.put(words[1], words[2]);
                    continue;
                }
                String first = line.split(" ", 2)[0];
                Properties props = new Properties();
                props.putAll(pairs(bases.getOrDefault(first, first) + line.substring(first.length())));
                out.println(line + "\t" + outcome(() -> { fromProps.invoke(null, props); return "ok"; }));
            }
        }
    }

    static void recordUpdates(Path dir) throws Exception {
        Properties base = new Properties();
        base.putAll(pairs("process.roles=broker,controller ;; node.id=1 ;; listeners=PLAINTEXT://:9092,CONTROLLER://:9093"
            + " ;; controller.listener.names=CONTROLLER ;; controller.quorum.voters=1@localhost:9093"));
        Object kafka = type("kafka.server.KafkaConfig").getMethod("fromProps", Properties.class).invoke(null, base);
        Object groups = kafka.getClass().getMethod("groupCoordinatorConfig").invoke(kafka);
        Object share = kafka.getClass().getMethod("shareGroupConfig").invoke(kafka);
        Method broker = type("org.apache.kafka.server.config.DynamicBrokerConfig")
            .getMethod("validateConfigs", Properties.class, Properties.class, boolean.class);
        Method topic = type("org.apache.kafka.storage.internals.log.LogConfig")
            .getMethod("validate", Map.class, Map.class, Map.class, boolean.class);
        Method metrics = type("org.apache.kafka.server.metrics.ClientMetricsConfigs").getMethod("validate", String.class, Map.class);
        Method group = null;
        for (Method m : type("org.apache.kafka.coordinator.group.GroupConfig").getMethods())
            if (m.getName().equals("validate")) group = m;
        Method validateGroup = group;
        try (PrintWriter out = new PrintWriter(dir.resolve("updates.tsv").toFile())) {
            for (String line : Files.readAllLines(dir.resolve("updates.in"))) {
                String[] parts = line.split("\t", 2);
                Map<String, String> configs = pairs(parts[1]);
                Properties props = new Properties();
                props.putAll(configs);
                out.println(line + "\t" + outcome(() -> {
                    switch (parts[0]) {
                        case "broker": broker.invoke(null, props, props, true); break;
                        case "cluster": broker.invoke(null, props, props, false); break;
                        case "topic": topic.invoke(null, Map.of(), configs, new HashMap<String, Object>(), false); break;
                        case "group": validateGroup.invoke(null, configs, groups, share); break;
                        case "client-metrics": metrics.invoke(null, "subscription", configs); break;
                        default: throw new IllegalArgumentException(parts[0]);
                    }
                    return "ok";
                }));
            }
        }
    }

    static Map<String, String> pairs(String text) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String pair : text.split(" ;; ")) {
            int i = pair.indexOf('=');
            map.put(pair.substring(0, i), pair.substring(i + 1));
        }
        return map;
    }

    interface Call { String run() throws Exception; }

    static String outcome(Call call) throws Exception {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            return "error " + String.valueOf(e.getCause().getMessage()).replaceFirst("^requirement failed: ", "");
        }
    }
}
