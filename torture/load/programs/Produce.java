// An idempotent Java producer: see foreign.go for what it reads and prints.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Produce {
    public static void main(String[] args) throws Exception {
        Properties props = new Properties();
        props.put("bootstrap.servers", args[0]);
        props.put("acks", "all");
        props.put("enable.idempotence", "true");
        props.put("linger.ms", "5");
        props.put("delivery.timeout.ms", "120000");
        props.put("request.timeout.ms", "10000");
        props.put("metadata.max.age.ms", "5000");
        props.put("max.block.ms", "120000");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(props, new ByteArraySerializer(), new ByteArraySerializer());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] f = line.split("\t");
            producer.send(new ProducerRecord<>(args[1], Integer.valueOf(f[0]), null, f[1].getBytes(StandardCharsets.UTF_8)), (m, e) -> {
                System.out.println(f[1] + "\t" + (e == null ? Long.toString(m.offset()) : "error"));
            });
        }
        producer.close(Duration.ofSeconds(15));
        System.out.flush();
    }
}
