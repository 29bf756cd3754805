import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Lets Kafka's own classes decode and encode messages. Each line of the input is
 * the name of a message, a version and the bytes in hex, separated by tabs; the
 * same line comes out with the bytes that Kafka writes.
 */
public class CheckVectors {
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
            short version = Short.parseShort(columns[1]);
            ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(columns[2]));
            Message message = newMessage(columns[0]);
            try {
                message.read(new ByteBufferAccessor(bytes), version);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(line, e);
            }
            if (bytes.hasRemaining()) {
                throw new IllegalArgumentException(bytes.remaining() + " bytes left: " + line);
            }
            ByteBuffer again = MessageUtil.toByteBufferAccessor(message, version).buffer();
            byte[] encoded = new byte[again.remaining()];
            again.get(encoded);
            System.out.println(columns[0] + "\t" + version + "\t" + HexFormat.of().formatHex(encoded));
        }
    }

    private static Message newMessage(String name) throws Exception {
        for (String prefix : PACKAGES) {
            for (String suffix : List.of("Data", "")) {
                try {
                    return (Message) Class.forName(prefix + name + suffix).getDeclaredConstructor().newInstance();
                } catch (ClassNotFoundException | NoClassDefFoundError e) {
                    // it is in another package
                }
            }
        }
        throw new ClassNotFoundException(name);
    }
}
