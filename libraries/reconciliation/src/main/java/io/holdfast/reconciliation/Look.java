package io.holdfast.reconciliation;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one look has found.
 *
 * @param findings all that breaks the sentence, of what was looked at
 * @param whole whether everything was looked at that is open; if not, what was not found again stays open
 * @param cursor where the next look goes on; up to 255 characters
 * @param looked how many things were looked at; of a query, how many it found
 * @param figures anything worth measuring, such as ages
 */
public record Look(List<Finding> findings, boolean whole, String cursor, long looked, SortedMap<String, Long> figures) {

    public Look {
        findings = List.copyOf(findings);
    }

    /** A look at everything there is. */
    public static Look atAll(List<Finding> findings, long looked) {
        return new Look(findings, true, "", looked, new TreeMap<>());
    }

    public Look withFigures(Map<String, Long> more) {
        return new Look(findings, whole, cursor, looked, new TreeMap<>(more));
    }
}
