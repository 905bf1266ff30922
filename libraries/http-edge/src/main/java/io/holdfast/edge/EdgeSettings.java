package io.holdfast.edge;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a request may cost before anyone looks at what it says.
 *
 * @param maxBody largest request body of the public interface, 1 KB to 16 MB
 * @param maxInternalBody largest request body under {@code /internal/}, where one call carries many orders, 1 KB to 16 MB
 * @param maxJsonDepth deepest nesting of a JSON body
 * @param maxJsonString longest string in a JSON body, in characters
 * @param maxJsonTokens most names, values and brackets in a JSON body, which bounds every array in it
 * @param bodyWithin how long the whole body of a request may take to arrive: a server's own time-out begins anew with each byte
 */
@Validated
@ConfigurationProperties("holdfast.edge")
record EdgeSettings(
        @NotNull @DefaultValue("64KB") DataSize maxBody,
        @NotNull @DefaultValue("2MB") DataSize maxInternalBody,
        @Min(4) @Max(500) @DefaultValue("16") int maxJsonDepth,
        @Min(64) @Max(1_000_000) @DefaultValue("4096") int maxJsonString,
        @Min(100) @Max(1_000_000) @DefaultValue("100000") int maxJsonTokens,

        @NotNull @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration bodyWithin) {

    private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST = DataSize.ofMegabytes(16);

    EdgeSettings {
        requireSane("holdfast.edge.max-body", maxBody);
        requireSane("holdfast.edge.max-internal-body", maxInternalBody);
    }

    /** @param path the path of a request inside the application */
    DataSize maxBodyAt(String path) {
        return path.startsWith("/internal/") ? maxInternalBody : maxBody;
    }

    DataSize largestBody() {
        return maxBody.compareTo(maxInternalBody) > 0 ? maxBody : maxInternalBody;
    }

    private static void requireSane(String name, DataSize size) {
        if (size.compareTo(SMALLEST) < 0 || size.compareTo(LARGEST) > 0) {
            throw new IllegalArgumentException(name + " must be " + SMALLEST + " to " + LARGEST + ", not " + size);
        }
    }
}
