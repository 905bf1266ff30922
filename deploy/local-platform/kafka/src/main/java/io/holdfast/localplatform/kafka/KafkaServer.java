package io.holdfast.localplatform.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** Formats the storage of a Kafka node at its first start, then runs the node. */
public final class KafkaServer {

    private KafkaServer() {}

    /** @param args the file of the node's settings, and its folder of logs as it stands there */
    public static void main(String[] args) {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    "two arguments are needed: server.properties and the folder of its logs");
        }
        // Written last when a folder is formatted; without it the node would not start.
        if (!Files.exists(Path.of(args[1], "meta.properties"))) {
            int failed = StorageTool.execute(
                    new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", args[0]}, System.out);
            if (failed != 0) {
                Runtime.getRuntime().halt(failed);
            }
        }
        Kafka.main(new String[] {args[0]});
    }
}
