package io.holdfast.reconciliation;

import java.util.List;

/**
 * What a check keeps from one run to the next.
 *
 * @param cursor as the last run left it; empty at first
 * @param open subjects of findings that are not known to be over
 */
public record CheckState(String cursor, List<String> open) {

    public CheckState {
        open = List.copyOf(open);
    }
}
