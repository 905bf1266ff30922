package io.holdfast.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of itself: what it is, which topic it was written for, and who sends it. It proves nothing, for that there are the
 * broker's access rules; it keeps apart what was mixed up, such as a command that somebody copied to another topic.
 */
record Provenance(Type type, String topic, String sender) {

    static final String TYPE_HEADER = "holdfast-message-type";
    static final String TOPIC_HEADER = "holdfast-message-topic";
    static final String SENDER_HEADER = "holdfast-message-sender";

    enum Type {
        COMMAND,
        EVENT,
        RESULT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a receiver expects.
     *
     * @param types that it takes
     * @param senders that it takes them from; none: from anybody who may write to the topic
     * @param originRequired whether a message has to say where it comes from; those of senders of before do not
     */
    record Expected(Set<Type> types, Set<String> senders, boolean originRequired) {

        /** @return why a message is refused; empty if it is not */
        Optional<String> refusal(String topic, Headers headers) {
            String type = valueOf(headers, TYPE_HEADER);
            String writtenFor = valueOf(headers, TOPIC_HEADER);
            String sender = valueOf(headers, SENDER_HEADER);
            if (originRequired && (type == null || writtenFor == null || sender == null)) {
                return Optional.of("it does not say what it is, for which topic, and who sends it");
            }
            if (type != null && types.stream().noneMatch(taken -> taken.word().equals(type))) {
                return Optional.of("it says that it is one of type " + shown(type));
            }
            if (writtenFor != null && !writtenFor.equals(topic)) {
                return Optional.of("it was written for topic " + shown(writtenFor));
            }
            if (sender != null && !senders.isEmpty() && !senders.contains(sender)) {
                return Optional.of("it comes from " + shown(sender) + ", who may not send it");
            }
            return Optional.empty();
        }
    }

    void writeTo(Headers headers) {
        headers.add(TYPE_HEADER, type.word().getBytes(StandardCharsets.UTF_8));
        headers.add(TOPIC_HEADER, topic.getBytes(StandardCharsets.UTF_8));
        headers.add(SENDER_HEADER, sender.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String valueOf(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** It comes from outside, and goes into a log. */
    private static String shown(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return "'" + (line.length() <= 100 ? line : line.substring(0, 100) + "...") + "'";
    }
}
