package io.holdfast.localplatform;

import io.holdfast.localplatform.console.Table;
import io.holdfast.localplatform.demo.ConfirmFailureDemo;
import io.holdfast.localplatform.demo.Demo;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.runfolder.Tokens;
import io.holdfast.localplatform.stack.Preflight;
import io.holdfast.localplatform.stack.Stack;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line behind the scripts in deploy. */
@Command(
        name = "deploy",
        description = "Starts, stops and shows Holdfast on this machine, on its real parts.",
        subcommands = {
            LocalPlatform.Up.class,
            LocalPlatform.Down.class,
            LocalPlatform.Status.class,
            LocalPlatform.Token.class,
            LocalPlatform.DemoConfirmFailure.class
        })
public final class LocalPlatform {

    private static final int FAILED = 1;

    private LocalPlatform() {}

    public static void main(String[] arguments) {
        // Progress has to be readable where the locale is plain ASCII too.
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.exit(commandLine(out).execute(arguments));
    }

    public static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new LocalPlatform()).setExecutionExceptionHandler((failure, command, parsed) -> {
            explain(failure, out);
            return FAILED;
        });
    }

    /** One clear line, the log's last lines before it. A defect of the launcher itself shows its stack trace. */
    private static void explain(Exception failure, PrintStream out) {
        if (failure instanceof PartFailed failed) {
            failed.lastLines().forEach(line -> out.println("  | " + line));
            out.println("FAILED  " + failed.getMessage());
        } else if (failure instanceof Preflight.Failed failed) {
            failed.shortages().forEach(line -> out.println("FAILED  " + line));
        } else if (failure instanceof IllegalStateException || failure instanceof IllegalArgumentException) {
            out.println("FAILED  " + failure.getMessage());
        } else if (failure instanceof UncheckedIOException io) {
            out.println("FAILED  " + io.getMessage() + ": " + io.getCause().getMessage());
        } else if (failure instanceof InterruptedException) {
            out.println("FAILED  interrupted");
        } else {
            failure.printStackTrace(out);
            out.println("FAILED  " + failure);
        }
    }

    /** What all commands understand. */
    static final class Where {

        @Option(
                names = "--run-dir",
                paramLabel = "DIR",
                description = "Folder for data, logs and secrets (default: deploy/.run).")
        private Path runFolder;

        @Option(
                names = "--checkout",
                hidden = true,
                description = "Root of the checkout; the scripts in deploy pass it.")
        private Path checkout = Path.of("").toAbsolutePath();

        Path runFolder() {
            return runFolder == null ? checkout.resolve("deploy/.run") : runFolder.toAbsolutePath();
        }

        boolean isUsed() {
            return Files.exists(new RunFolder(runFolder()).stackFile());
        }

        Stack open(Optional<Integer> wantedOffset, PrintStream out) {
            // What runs already decides about the ports, unless the caller says otherwise.
            int offset = wantedOffset.orElseGet(() -> new StackFile(new RunFolder(runFolder()).stackFile())
                    .offsetInUse()
                    .orElse(0));
            return Stack.in(checkout)
                    .runFolder(runFolder())
                    .portOffset(offset)
                    .progress(out::println)
                    .open();
        }
    }

    @Command(
            name = "up",
            description = "Starts what does not run yet, and places three orders.",
            mixinStandardHelpOptions = true)
    static final class Up implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(
                names = "--port-offset",
                paramLabel = "N",
                description = "Added to every port, so that several platforms can run.")
        private Integer portOffset;

        @Option(names = "--no-demo", description = "Start only: no stock, no deposits, no orders.")
        private boolean noDemo;

        @Override
        public Integer call() throws Exception {
            PrintStream out = System.out;
            long from = System.nanoTime();
            Stack stack = where.open(Optional.ofNullable(portOffset), out);
            AtomicBoolean ended = new AtomicBoolean();
            // Ctrl-C, a closed terminal or a SIGTERM before the end: what this call started is stopped.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopUnless(ended, stack, out), "abort"));
            try {
                out.println("starting the platform; data, logs and secrets are in " + stack.runFolder());
                stack.startAll();
                out.printf("ready after %.0f s%n", (System.nanoTime() - from) / 1e9);
                stack.notes().forEach(note -> out.println("note: " + note));
                boolean asExpected = noDemo || new Demo(stack, out).run();
                guide(stack, out);
                int archives = stack.makeArchives(slowestFirst(stack));
                if (archives > 0) {
                    out.printf(
                            "%n%d class archives are being made in the background, in a minute or two: they make the next start quicker (log: %s)%n",
                            archives, stack.runFolder().resolve("logs/archives.log"));
                }
                return asExpected ? 0 : FAILED;
            } catch (PartFailed failure) {
                if (stack.isAborted()) {
                    // The parts were stopped by the hook; that they died is no news.
                    return FAILED;
                }
                throw failure;
            } finally {
                ended.set(true);
            }
        }

        private static void stopUnless(AtomicBoolean ended, Stack stack, PrintStream out) {
            if (!ended.get()) {
                out.println("stopping what this call has started");
                stack.abort();
                out.println("stopped");
            }
        }

        /** The services take the longest to start. */
        private static List<Part> slowestFirst(Stack stack) {
            List<Part> parts = new ArrayList<>(stack.parts());
            Collections.reverse(parts);
            return parts;
        }

        private static void guide(Stack stack, PrintStream out) {
            Path secrets = stack.runFolder().resolve("secrets");
            out.println();
            out.println("Where to look next");
            Table table = new Table("", "");
            table.row("orders", stack.order().url() + "/swagger-ui.html");
            table.row("stock", stack.stock().url() + "/swagger-ui.html");
            table.row("payments", stack.payment().url() + "/swagger-ui.html");
            table.row("card gateway", stack.gateway().url() + "/swagger-ui.html");
            table.row(
                    "Nacos console",
                    stack.nacos().consoleUrl() + "  (user nacos, NACOS_ADMIN_PASSWORD in " + secrets + ")");
            table.row(
                    "Seata console",
                    stack.coordinator().consoleUrl() + "  (user seata, SEATA_CONSOLE_PASSWORD in " + secrets + ")");
            table.row("tokens", "deploy/token --buyer alice, deploy/token --operator, deploy/token --monitor");
            table.row("logs", stack.runFolder().resolve("logs"));
            table.row("what runs", "deploy/status");
            table.row("stop it", "deploy/down  (--erase deletes the data too)");
            table.lines("  ").stream().skip(1).forEach(out::println);
        }
    }

    @Command(
            name = "token",
            description = "Prints a token that this platform's services take.",
            mixinStandardHelpOptions = true)
    static final class Token implements Callable<Integer> {

        @Mixin
        private Where where;

        @ArgGroup(multiplicity = "1")
        private Kind kind;

        @Option(names = "--hours", paramLabel = "N", description = "How long it is valid (default: 12).")
        private int hours = 12;

        @Option(
                names = "--service",
                paramLabel = "SERVICE",
                description = "The one service that takes it (default: all of them).")
        private String service;

        static final class Kind {

            @Option(names = "--buyer", paramLabel = "ID", description = "A buyer's token.")
            private String buyer;

            @Option(
                    names = "--operator",
                    arity = "0..1",
                    fallbackValue = "local-operator",
                    paramLabel = "NAME",
                    description = "An operator's token; audit lines will bear the name (default: local-operator).")
            private String operator;

            @Option(
                    names = "--monitor",
                    arity = "0..1",
                    fallbackValue = "local-monitor",
                    paramLabel = "NAME",
                    description = "A token that reads metrics and the like, and nothing else (default: local-monitor).")
            private String monitor;

            @Option(names = "--rotate", description = "No token: new keys, so that older tokens are no longer taken.")
            private boolean rotate;
        }

        @Override
        public Integer call() {
            if (hours < 1 || hours > 24 * 30) {
                throw new IllegalArgumentException("--hours has to be 1 to " + 24 * 30);
            }
            String role = kind.buyer != null ? "buyer" : kind.operator != null ? "operator" : "monitor";
            String subject = kind.buyer != null ? kind.buyer : kind.operator != null ? kind.operator : kind.monitor;
            if (service != null && !Tokens.SERVICES.contains(service)) {
                throw new IllegalArgumentException("--service has to be one of " + Tokens.SERVICES);
            }
            if (!kind.rotate && !subject.matches("[A-Za-z0-9._@-]{1,64}")) {
                throw new IllegalArgumentException("not a name: 1 to 64 characters out of A-Z a-z 0-9 . _ @ -");
            }
            Tokens tokens = Tokens.in(new RunFolder(where.runFolder()).create().keys(), List.of());
            if (kind.rotate) {
                tokens.rotate();
                System.out.println(
                        "tokens are signed with new keys from now on; people's older ones are no longer taken");
                return 0;
            }
            Duration lifetime = Duration.ofHours(hours);
            System.out.println(
                    service == null
                            ? tokens.person(subject, role, lifetime)
                            : tokens.forService(service, subject, role, lifetime));
            return 0;
        }
    }

    @Command(
            name = "demo-confirm-failure",
            description = "Shows what becomes of an order whose capture keeps failing, on the platform that runs.",
            mixinStandardHelpOptions = true)
    static final class DemoConfirmFailure implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(
                names = "--deadline",
                paramLabel = "SECONDS",
                description = "When the capture is given up (default: 25).")
        private int deadline = 25;

        @Override
        public Integer call() throws Exception {
            if (deadline < 3 || deadline > 600) {
                throw new IllegalArgumentException("--deadline has to be 3 to 600");
            }
            if (!where.isUsed()) {
                throw new IllegalStateException(
                        "the platform does not run: nothing was started in " + where.runFolder() + " (deploy/up does)");
            }
            Stack stack = where.open(Optional.empty(), System.out);
            return new ConfirmFailureDemo(stack, System.out, Duration.ofSeconds(deadline)).run() ? 0 : FAILED;
        }
    }

    @Command(name = "down", description = "Stops everything; the data stays.", mixinStandardHelpOptions = true)
    static final class Down implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(names = "--erase", description = "Delete the data and the secrets too.")
        private boolean erase;

        @Override
        public Integer call() throws Exception {
            if (where.isUsed()) {
                where.open(Optional.empty(), System.out).stopAll();
            }
            System.out.println("nothing of the platform runs in " + where.runFolder());
            if (erase) {
                new RunFolder(where.runFolder()).erase();
                System.out.println("its data and secrets are deleted");
            }
            return 0;
        }
    }

    @Command(
            name = "status",
            description = "Shows each part. Exits with 0 if all of them work, else with 1.",
            mixinStandardHelpOptions = true)
    static final class Status implements Callable<Integer> {

        @Mixin
        private Where where;

        @Override
        public Integer call() throws Exception {
            if (!where.isUsed()) {
                System.out.println("nothing was started in " + where.runFolder());
                return FAILED;
            }
            Table table = new Table("PART", "STATE", "URL", "PID", "MIB", "UP FOR", "LOG");
            Stack stack = where.open(Optional.empty(), System.out);
            long bytes = 0;
            boolean allReady = true;
            for (Part part : stack.parts()) {
                Part.State state = part.state();
                OptionalLong resident = part.residentBytes();
                allReady &= state == Part.State.READY;
                bytes += resident.orElse(0);
                table.row(
                        part.name(),
                        state.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                        part.url(),
                        text(part.pid()),
                        resident.isPresent() ? resident.getAsLong() >> 20 : null,
                        part.runningSince().map(Status::age).orElse(""),
                        part.log());
            }
            table.lines("").forEach(System.out::println);
            System.out.println(bytes / (1 << 20) + " MiB in all");
            return allReady ? 0 : FAILED;
        }

        private static String text(OptionalLong number) {
            return number.isPresent() ? Long.toString(number.getAsLong()) : "";
        }

        private static String age(java.time.Instant since) {
            Duration age = Duration.between(since, java.time.Instant.now());
            return age.toHours() > 0
                    ? age.toHours() + " h " + age.toMinutesPart() + " min"
                    : age.toMinutes() > 0 ? age.toMinutes() + " min" : age.toSeconds() + " s";
        }
    }
}
