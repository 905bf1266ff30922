package io.holdfast.verifyreport;

/**
 * Something that a test class did with a process, or a wait of it; a line of a module's {@code target/process-events.csv}.
 *
 * @param testClass simple name
 * @param part which process, or what was waited for
 * @param archive whether the process started from an archive of its classes; unknown unless it is a start
 */
record ProcessEvent(String testClass, Kind kind, String part, long millis, boolean archive) {

    enum Kind {
        START,
        STOP,
        KILL,
        FREEZE,
        WAIT
    }
}
