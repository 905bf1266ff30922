package io.holdfast.localplatform.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How captures are attempted, as it stands in the settings of payment-svc.
 *
 * @param initialDelay the most that is waited after the first failure
 * @param maxDelay where its doubling ends
 * @param deadline since the order was decided; after it the payment is given up
 */
public record CardPolicy(Duration initialDelay, Duration maxDelay, Duration deadline) {

    static final String ACTION = "payment.card";
    static final String SETTINGS = "payment-svc.yaml";
    static final String GROUP = "DEFAULT_GROUP";

    /** How YAML lets a person write the action's name; Spring needs the brackets, because of its dot. */
    private static final Set<String> HEADS =
            Set.of("\"[" + ACTION + "]\":", "'[" + ACTION + "]':", "[" + ACTION + "]:");

    /** The most that is waited after so many failures; the delay itself is drawn at random below it. */
    Duration mostAfter(int failures) {
        Duration most = initialDelay;
        for (int i = 1; i < failures && most.compareTo(maxDelay) < 0; i++) {
            most = most.multipliedBy(2);
        }
        return most.compareTo(maxDelay) < 0 ? most : maxDelay;
    }

    /**
     * The settings with this policy in the place of the one that they have; everything else in them stays as a person wrote it.
     *
     * @throws IllegalStateException if they have no block for the action
     */
    String in(String settings) {
        List<String> lines = new ArrayList<>(settings.lines().toList());
        int head = headIn(lines);
        int indent = indentOf(lines.get(head));
        Map<String, String> missing = new TreeMap<>(Map.of(
                "initial-delay", initialDelay.toMillis() + "ms",
                "max-delay", maxDelay.toMillis() + "ms",
                "deadline", deadline.toMillis() + "ms"));
        int own = 0;
        for (int i = head + 1; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            if (indentOf(line) <= indent) {
                break;
            }
            own = own == 0 ? indentOf(line) : own;
            String name = line.strip().replaceFirst("\\s*:.*", "");
            String value = missing.remove(name);
            if (value != null) {
                lines.set(i, " ".repeat(indentOf(line)) + name + ": " + value);
            }
        }
        String margin = " ".repeat(own == 0 ? indent + 2 : own);
        missing.forEach((name, value) -> lines.add(head + 1, margin + name + ": " + value));
        return String.join("\n", lines) + "\n";
    }

    private static int headIn(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (HEADS.contains(lines.get(i).strip())) {
                return i;
            }
        }
        throw new IllegalStateException(SETTINGS + " in Nacos has no settings of " + ACTION + " (deploy/nacos/"
                + SETTINGS + " shows what they look like)");
    }

    private static int indentOf(String line) {
        return line.length() - line.stripLeading().length();
    }
}
