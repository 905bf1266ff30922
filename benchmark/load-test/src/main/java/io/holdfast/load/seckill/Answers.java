package io.holdfast.load.seckill;

import io.holdfast.load.measure.Latency;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The answers that a crowd got, summed up.
 *
 * @param endings how many arrivals ended how
 * @param paidPerSecond from the first arrival to the last answer that an order is paid
 * @param refusedPerSecond from the first arrival to the last refusal
 * @param paid from a buyer's first request to the answer that settled it, requests that were repeated included
 * @param refused the same for those who were refused
 */
record Answers(
        Map<Ending, Long> endings, double paidPerSecond, double refusedPerSecond, Latency paid, Latency refused) {

    private static final JsonMapper JSON = new JsonMapper();

    Answers {
        Map<Ending, Long> all = new EnumMap<>(Ending.class);
        for (Ending ending : Ending.values()) {
            all.put(ending, endings.getOrDefault(ending, 0L));
        }
        endings = all;
    }

    long count(Ending ending) {
        return endings.get(ending);
    }

    long all() {
        return endings.values().stream().mapToLong(Long::longValue).sum();
    }

    static Answers read(Path file) throws IOException {
        return JSON.readValue(Files.readString(file), Answers.class);
    }

    void write(Path file) {
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
