package io.holdfast.message;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties {@code holdfast.message.*}.
 *
 * @param kafka how long Kafka is waited for
 * @param linger how long the sender gathers messages before it sends and marks them together; it delays no transaction
 * @param grace how long the sender has for a message that was just written, before the recovery takes it for forgotten
 * @param recoveryInterval between two looks for messages that are due
 * @param page messages that are sent, and marked in one transaction, at a time
 * @param resultPatience how long the result of a message is waited for before it is sent the second time; doubles each time
 * @param maxPatience the longest wait between two attempts; an order that is being closed may have to wait for it
 * @param maxAttempts after which a message is FAILED, an hour and more by default. A broker that cannot be reached, or does not take
 *     messages of that topic, does not count: that is not the message's fault
 * @param retention how long confirmed messages are kept
 * @param memory how long consumers remember what they have taken; has to be longer than any message is sent again
 */
@Validated
@ConfigurationProperties("holdfast.message")
record MessageProperties(
        @DefaultValue @NotNull @Valid Kafka kafka,

        @DefaultValue("50ms") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 1)
        Duration linger,

        @DefaultValue("5s") @NotNull @DurationMin(millis = 100)
        Duration grace,

        @DefaultValue("1s") @NotNull @DurationMin(millis = 10)
        Duration recoveryInterval,

        @DefaultValue("200") @Min(1) @Max(1_000) int page,

        @DefaultValue("5s") @NotNull @DurationMin(millis = 10)
        Duration resultPatience,

        @DefaultValue("30s") @NotNull @DurationMin(millis = 10)
        Duration maxPatience,

        @DefaultValue("200") @Min(1) @Max(1_000) int maxAttempts,

        @DefaultValue("1d") @NotNull @DurationMin(minutes = 1)
        Duration retention,

        @DefaultValue("30d") @NotNull @DurationMin(hours = 1)
        Duration memory) {

    /**
     * What {@code spring.kafka.*} has no word for. Where the broker is and how the service proves itself to it stands there.
     *
     * @param sendTimeout how long the broker has for taking a message
     * @param maxReconnectInterval the longest wait between two attempts to connect to a broker that is away; messages are tried again
     *     after three times as long at the latest
     * @param user as {@code password} the way up to version 1.0 to log in by SASL PLAIN. The next release drops both: use {@code
     *     spring.kafka.properties[sasl.jaas.config]} or {@code spring.kafka.jaas.*}
     */
    record Kafka(
            @DefaultValue("10s") @NotNull @DurationMin(millis = 500) @DurationMax(minutes = 2)
            Duration sendTimeout,

            @DefaultValue("5s") @NotNull @DurationMin(millis = 200) @DurationMax(minutes = 1)
            Duration maxReconnectInterval,

            @DefaultValue("") String user,
            @DefaultValue("") String password) {

        @AssertTrue(message = "user and password belong together")
        boolean isComplete() {
            return user.isBlank() == password.isBlank();
        }

        boolean hasUser() {
            return !user.isBlank();
        }

        @Override
        public String toString() {
            return "Kafka[sendTimeout=" + sendTimeout + ", maxReconnectInterval=" + maxReconnectInterval + "]";
        }
    }
}
