package io.holdfast.tcc.autoconfigure.startup;

import java.util.List;
import java.util.stream.Collectors;

/** The service does not start, because some of what its team has declared could not work later. */
public final class FlawedSetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Flaw> flaws;

    public FlawedSetupException(List<Flaw> flaws) {
        super(flaws.stream().map(Flaw::toString).collect(Collectors.joining("\n")));
        this.flaws = List.copyOf(flaws);
    }

    FlawedSetupException(Flaw flaw) {
        this(List.of(flaw));
    }

    public List<Flaw> flaws() {
        return flaws;
    }

    static void throwIfAny(List<Flaw> flaws) {
        if (!flaws.isEmpty()) {
            throw new FlawedSetupException(flaws);
        }
    }
}
