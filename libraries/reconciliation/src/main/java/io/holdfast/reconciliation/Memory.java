package io.holdfast.reconciliation;

import java.util.List;

/**
 * What a check remembers from one look to the next.
 *
 * @param cursor as the last look left it; empty at first
 * @param open subjects of what was found and is not known to be over
 */
public record Memory(String cursor, List<String> open) {

    public Memory {
        open = List.copyOf(open);
    }
}
