package io.holdfast.systemtest.platform;

import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One platform for the whole test run, on ports and in a folder of its own. */
final class PlatformExtension implements BeforeAllCallback, AfterEachCallback, ParameterResolver {

    /**
     * For people who work on one test: {@code -Dholdfast.system-test.keep=true} takes a platform that runs from the last time, and
     * leaves it running.
     */
    private static final boolean KEEP = Boolean.getBoolean("holdfast.system-test.keep");

    /** What tests wait for, in a few seconds each. That the product has more patience is for the tests of its modules. */
    private static final Map<String, String> SHORT = Map.ofEntries(
            // What a dead instance has begun is taken over after this.
            Map.entry("HOLDFAST_TCC_PHASETWO_LEASE", "4s"),
            Map.entry("HOLDFAST_PAYMENT_VOIDORREFUND_LEASE", "4s"),
            Map.entry("HOLDFAST_TCC_PHASETWO_GAUGEINTERVAL", "1s"),
            // Of actions that say nothing else. Growing delays are tested with actions that do.
            Map.entry("HOLDFAST_TCC_PHASETWO_MAXDELAY", "2s"),
            Map.entry("HOLDFAST_PAYMENT_VOIDORREFUND_MAXDELAY", "2s"),
            // When payment-svc asks a gateway again that has failed.
            Map.entry("HOLDFAST_PAYMENT_GATEWAY_BREAKER_OPENFOR", "500ms"),
            // A message that nobody sent is sent after this, and one that is being sent by who died after thrice the
            // other.
            Map.entry("HOLDFAST_MESSAGE_GRACE", "2s"),
            Map.entry("HOLDFAST_MESSAGE_RESULTPATIENCE", "2s"),
            Map.entry("HOLDFAST_MESSAGE_KAFKA_SENDTIMEOUT", "2s"),
            Map.entry("HOLDFAST_ORDER_ABANDONED_INTERVAL", "1s"),
            Map.entry("HOLDFAST_ORDER_ABANDONED_MARGIN", "1s"),
            Map.entry("HOLDFAST_ORDER_ADMISSION_FORGOTTENAFTER", "5s"),
            Map.entry("HOLDFAST_RECONCILIATION_GRACE", "5s"),
            Map.entry("HOLDFAST_EDGE_BODYTIMEOUT", "5s"),
            // What a service that is stopped leaves its callers for hearing of it, in milliseconds.
            Map.entry("SPRING_CLOUD_NACOS_DISCOVERY_GRACEFULSHUTDOWNWAITTIME", "1000"));

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(PlatformExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        running(context).events().of(context.getRequiredTestClass().getSimpleName());
    }

    /** Kept in the root store: closed after the last test class, whatever happened before. */
    static Platform running(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Running.class, type -> Running.start(), Running.class)
                .platform();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Platform platform = running(context);
        if (platform.isStoppedOnPurpose()) {
            return;
        }
        platform.heal();
        platform.databases().awaitRestAndBalance();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return List.of(Platform.class, Databases.class, DatabaseFaults.class, Stack.class)
                .contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Platform platform = running(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == Platform.class) {
            return platform;
        }
        if (type == Databases.class) {
            return platform.databases();
        }
        return type == DatabaseFaults.class ? platform.faults() : platform.stack();
    }

    private record Running(Platform platform) implements AutoCloseable {

        static Running start() {
            Path module = Path.of("").toAbsolutePath();
            Path runFolder = module.resolve("target/stack");
            try {
                // A run that was killed may have left its processes; they hold the ports.
                if (!KEEP && Files.exists(runFolder)) {
                    stack(module, runFolder).stopAll();
                    wipe(runFolder);
                }
                Stack stack = stack(module, runFolder);
                ProcessEvents events = ProcessEvents.in(module.resolve("target/process-events.csv"));
                events.startMissing(stack);
                // Of those that tests kill again and again.
                stack.makeArchives(List.of(stack.payment(), stack.order(), stack.stock(), stack.gateway()));
                return new Running(new Platform(stack, events));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        private static Stack stack(Path module, Path runFolder) {
            Stack.Builder stack = Stack.in(module.resolve("../.."))
                    .runFolder(runFolder)
                    .portOffset(Platform.PORT_OFFSET)
                    .shortLived()
                    .settings(SHORT);
            return KEEP ? stack.open() : stack.stopWithThisJvm().open();
        }

        /** Data and logs of the run before; unpacked programs are the same in every run. */
        private static void wipe(Path runFolder) {
            try (Stream<Path> all = Files.walk(runFolder)) {
                for (Path path : all.filter(path -> !path.startsWith(runFolder.resolve("programs")))
                        .filter(path -> !path.equals(runFolder))
                        .sorted(Comparator.reverseOrder())
                        .toList()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            if (!KEEP) {
                platform.stop();
            }
        }
    }
}
