import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;

/**
 * Lets Kafka's own classes print messages. Each line of the input is the name of
 * a message, a version and the bytes in hex, separated by tabs; the line comes
 * out with Kafka's JSON as a fourth column, if Kafka stores such messages.
 */
public class PrintJSON {
    private static final List<String> PACKAGES = List.of(
        "org.apache.kafka.common.message.",
        "org.apache.kafka.common.metadata.",
        "org.apache.kafka.coordinator.group.generated.",
        "org.apache.kafka.coordinator.transaction.generated.",
        "org.apache.kafka.coordinator.share.generated.",
        "org.apache.kafka.server.log.remote.metadata.storage.generated.",
        "org.apache.kafka.raft.generated.");

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] columns = line.split("\t", -1);
            Class<?> type = find(columns[0]);
            if (type == null) {
                continue;
            }
            Class<?> printer;
            try {
                printer = Class.forName(type.getName() + "JsonConverter");
            } catch (ClassNotFoundException e) {
                continue;
            }
            short version = Short.parseShort(columns[1]);
            Message message = (Message) type.getDeclaredConstructor().newInstance();
            message.read(new ByteBufferAccessor(ByteBuffer.wrap(HexFormat.of().parseHex(columns[2]))), version);
            Object json = printer.getMethod("write", type, short.class).invoke(null, message, version);
            System.out.println(line + "\t" + json);
        }
    }

    // Requests and responses have a name that ends in Data; they are not stored.
    private static Class<?> find(String name) {
        for (String prefix : PACKAGES) {
            try {
                return Class.forName(prefix + name);
            } catch (ClassNotFoundException | NoClassDefFoundError e) {
                // it is in another package
            }
        }
        return null;
    }
}
