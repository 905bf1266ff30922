package io.holdfast.edge.body;

import jakarta.servlet.http.HttpServletRequest;
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
 * @param bodyTimeout how long the whole body of a request may take to arrive: a server's own time-out begins anew with each byte
 */
@Validated
@ConfigurationProperties("holdfast.edge")
public record EdgeProperties(
        @NotNull @DefaultValue("64KB") DataSize maxBody,
        @NotNull @DefaultValue("2MB") DataSize maxInternalBody,
        @Min(4) @Max(500) @DefaultValue("16") int maxJsonDepth,
        @Min(64) @Max(1_000_000) @DefaultValue("4096") int maxJsonString,
        @Min(100) @Max(1_000_000) @DefaultValue("100000") int maxJsonTokens,

        @NotNull @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration bodyTimeout) {

    private static final DataSize MIN_BODY = DataSize.ofKilobytes(1);
    private static final DataSize MAX_BODY = DataSize.ofMegabytes(16);

    public EdgeProperties {
        requireSane("holdfast.edge.max-body", maxBody);
        requireSane("holdfast.edge.max-internal-body", maxInternalBody);
    }

    DataSize maxBodyOf(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return path.startsWith("/internal/") ? maxInternalBody : maxBody;
    }

    public DataSize largestBody() {
        return maxBody.compareTo(maxInternalBody) > 0 ? maxBody : maxInternalBody;
    }

    private static void requireSane(String name, DataSize size) {
        if (size.compareTo(MIN_BODY) < 0 || size.compareTo(MAX_BODY) > 0) {
            throw new IllegalArgumentException(name + " must be " + MIN_BODY + " to " + MAX_BODY + ", not " + size);
        }
    }
}
