import java.util.Comparator;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.internals.InternalDescribeFeaturesResult;
import org.apache.kafka.common.Node;

/**
 * Prints the API versions of each node with the classes of Kafka's own client,
 * for releases whose kafka-cluster is not published. The arguments are those of
 * kafka-cluster api-versions: -b BROKERS or -C CONTROLLERS.
 */
public class ApiVersionsOf {
    public static void main(String[] args) throws Exception {
        Properties props = new Properties();
        props.put(args[1].equals("-C") ? "bootstrap.controllers" : "bootstrap.servers", args[2]);
        try (Admin admin = Admin.create(props)) {
            for (Node node : admin.describeCluster().nodes().get().stream().sorted(Comparator.comparing(Node::id)).toList()) {
                var features = (InternalDescribeFeaturesResult) admin.describeFeatures(new DescribeFeaturesOptions().nodeId(node.id()));
                System.out.println(node + " -> " + features.nodeApiVersions().get().toString(true));
            }
        }
    }
}
