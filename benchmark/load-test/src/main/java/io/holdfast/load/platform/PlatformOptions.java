package io.holdfast.load.platform;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which platform is meant. */
public final class PlatformOptions {

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "The folder that deploy/up was given (default: deploy/.run).")
    private @Nullable Path runFolder;

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            description = "As deploy/up was given it; it is known from stack.json, and only checked.")
    private @Nullable Integer portOffset;

    @Option(names = "--checkout", hidden = true, description = "Root of the checkout; the scripts in deploy pass it.")
    private Path checkout = Path.of("").toAbsolutePath();

    @Option(
            names = "--short-lived",
            hidden = true,
            description =
                    "The platform is one of the tests: what this starts beside it is to be there soon, not to be fast.")
    private boolean shortLived;

    /** @throws IllegalStateException if it does not run */
    public Platform open() throws InterruptedException {
        Path folder = (runFolder == null ? checkout.resolve("deploy/.run") : runFolder)
                .toAbsolutePath()
                .normalize();
        Platform platform = Platform.in(checkout, folder, shortLived);
        if (portOffset != null && portOffset != platform.stack().ports().offset()) {
            throw new IllegalStateException("the platform in " + folder + " runs with port offset "
                    + platform.stack().ports().offset() + ", not " + portOffset);
        }
        platform.requireReady();
        return platform;
    }
}
