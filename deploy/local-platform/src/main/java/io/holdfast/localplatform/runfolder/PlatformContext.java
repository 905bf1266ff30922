package io.holdfast.localplatform.runfolder;

import io.holdfast.localplatform.process.Launches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What all parts of one platform share. */
public record PlatformContext(
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
    public Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    public Optional<Path> setsid() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path candidate = Path.of(folder, "setsid");
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
