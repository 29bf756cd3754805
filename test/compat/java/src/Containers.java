import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.ConfluentKafkaContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Starts an image as each of Testcontainers' Kafka containers and writes a record: Containers IMAGE. */
public class Containers {
    public static void main(String[] args) throws Exception {
        DockerImageName image = DockerImageName.parse(args[0]);
        try (KafkaContainer kafka = new KafkaContainer(image.asCompatibleSubstituteFor("apache/kafka"))) {
            use("KafkaContainer", kafka, kafka::getBootstrapServers);
        }
        try (ConfluentKafkaContainer kafka =
                new ConfluentKafkaContainer(image.asCompatibleSubstituteFor("confluentinc/cp-kafka"))) {
            use("ConfluentKafkaContainer", kafka, kafka::getBootstrapServers);
        }
    }

    private static void use(String name, GenericContainer<?> kafka, java.util.function.Supplier<String> servers)
            throws Exception {
        long begin = System.nanoTime();
        kafka.start();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Map<String, Object> settings = Map.of("bootstrap.servers", servers.get());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            System.out.println(name + ": " + producer.send(new ProducerRecord<>("t", "v")).get() + " after " + millis + " ms");
        }
    }
}
