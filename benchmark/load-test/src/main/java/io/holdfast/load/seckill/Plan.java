package io.holdfast.load.seckill;

import io.holdfast.load.platform.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Gatling is to do. It makes the simulation itself, by the name of its class, so the plan is handed over as a file.
 *
 * @param checkout of the platform
 * @param runFolder of the platform
 * @param saleId that is ordered in
 * @param prefix that the ids of all buyers of this run begin with
 * @param buyers how many there are
 * @param arrivals of them all
 * @param lastingMillis how long they keep coming
 * @param answers the file that the answers are summed up in
 */
record Plan(
        String checkout,
        String runFolder,
        String saleId,
        String prefix,
        int buyers,
        int arrivals,
        long lastingMillis,
        String answers) {

    /** The system property that names the file. */
    static final String PROPERTY = "holdfast.seckill.plan";

    private static final JsonMapper JSON = new JsonMapper();

    static Plan read(Path file) {
        try {
            return JSON.readValue(Files.readString(file), Plan.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
    }

    Duration lasting() {
        return Duration.ofMillis(lastingMillis);
    }

    List<String> buyerIds() {
        return Platform.buyers(prefix, buyers);
    }
}
