import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints what a consumer that reads committed records only finds in a topic: `partition offset key value`,
 * key and value in hexadecimal with a colon before them, `-` where there is none. Ends at the last stable
 * offsets.
 */
class Dump {
    public static void main(String[] arguments) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
            List<TopicPartition> partitions = consumer.partitionsFor(arguments[1]).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (!partitions.stream().allMatch(it -> consumer.position(it) >= ends.get(it))) {
                consumer.poll(Duration.ofMillis(200)).forEach(Dump::print);
            }
        }
    }

    private static void print(ConsumerRecord<byte[], byte[]> record) {
        String place = record.partition() + " " + record.offset();
        System.out.println(place + " " + hex(record.key()) + " " + hex(record.value()));
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "-" : ":" + HexFormat.of().formatHex(bytes);
    }
}
