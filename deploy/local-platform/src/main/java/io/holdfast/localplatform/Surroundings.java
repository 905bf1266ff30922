package io.holdfast.localplatform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What all parts of one platform share. */
record Surroundings(
        Path checkout,
        RunFolder folder,
        Ports ports,
        Secrets secrets,
        Tokens tokens,
        StackFile stackFile,
        Launches launches,
        boolean shortLived,
        Map<String, String> settings) {

    /** The JVM that this launcher runs on also runs the parts. */
    Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** @param withAgent whether a Java agent changes the program's classes */
    ClassArchive archiveOf(String program, String classPath, boolean withAgent) {
        return new ClassArchive(folder.archives(), program, ClassArchive.Jdk.running(this), classPath, withAgent);
    }

    Optional<Path> setsid() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path candidate = Path.of(folder, "setsid");
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * The processes that this launcher started, and a gate: once it is shut nothing can be started any more, so that whoever shut it can stop
     * what was started and be sure that nothing is left.
     */
    static final class Launches {

        private final List<OsProcess> started = new ArrayList<>();
        private boolean shut;

        synchronized OsProcess launch(String part, Supplier<OsProcess> start) {
            if (shut) {
                throw PartFailed.before(part, "was not started: the launcher is stopping");
            }
            OsProcess process = start.get();
            started.add(process);
            return process;
        }

        /** @return the processes that were started, the last one first */
        synchronized List<OsProcess> shut() {
            shut = true;
            List<OsProcess> latestFirst = new ArrayList<>(started);
            java.util.Collections.reverse(latestFirst);
            return latestFirst;
        }

        synchronized boolean isShut() {
            return shut;
        }
    }
}
