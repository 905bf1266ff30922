package io.holdfast.reconciliation;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one run of a check has found.
 *
 * @param findings all that violates the invariant, among what was examined
 * @param whole whether everything that is open was examined; if not, what was not found again stays open
 * @param cursor where the next run goes on; up to 255 characters
 * @param looked how many things were examined; for a query, how many it found
 * @param figures anything worth measuring, such as ages
 */
public record CheckResult(
        List<Finding> findings, boolean whole, String cursor, long looked, SortedMap<String, Long> figures) {

    public CheckResult {
        findings = List.copyOf(findings);
    }

    /** The result of a run that examined everything. */
    public static CheckResult ofEverything(List<Finding> findings, long looked) {
        return new CheckResult(findings, true, "", looked, new TreeMap<>());
    }

    public CheckResult withFigures(Map<String, Long> more) {
        return new CheckResult(findings, whole, cursor, looked, new TreeMap<>(more));
    }
}
