package io.holdfast.localplatform.stack;

import io.holdfast.localplatform.part.ComparisonService;
import io.holdfast.localplatform.part.Coordinator;
import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.localplatform.part.Kafka;
import io.holdfast.localplatform.part.MariaDb;
import io.holdfast.localplatform.part.Nacos;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.part.Redis;
import io.holdfast.localplatform.process.Launches;
import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.program.ArchiveMaker;
import io.holdfast.localplatform.program.ClassArchive;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.runfolder.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The whole platform on this machine: MariaDB, Nacos, Kafka, Redis, the Seata coordinator, the sandbox of a card gateway and the three
 * services, each a process of its own.
 *
 * <pre>{@code
 * try (Stack stack = Stack.in(checkout).runFolder(folder).portOffset(10_000).stopWithThisJvm().open()) {
 *     stack.startAll();
 *     stack.stock().kill();
 *     stack.stock().start(Map.of("SOME_SWITCH", "on"));
 *     try (Connection connection = stack.database().access("stock_svc").connect()) { ... }
 * }
 * }</pre>
 *
 * <p>The processes outlive the JVM that started them, unless {@link Builder#stopWithThisJvm()} is set or {@link #close()} is called. The
 * modules must have been built ({@code ./mvnw package}).
 */
public final class Stack implements AutoCloseable {

    private final PlatformContext at;
    private final MariaDb database;
    private final Nacos nacos;
    private final Kafka kafka;
    private final Redis redis;
    private final Coordinator coordinator;
    private final HoldfastService gateway;
    private final HoldfastService stock;
    private final HoldfastService payment;
    private final HoldfastService order;
    private final ArchiveMaker archiveMaker;
    private final Consumer<String> progress;

    private Stack(Builder builder) {
        RunFolder folder = new RunFolder(builder.runFolder).create();
        this.at = new PlatformContext(
                builder.checkout,
                folder,
                new Ports(builder.portOffset),
                Secrets.in(folder.secrets()),
                Tokens.in(folder.keys(), Tokens.CALLERS),
                new StackFile(folder.stackFile()),
                new Launches(),
                builder.shortLived,
                Map.copyOf(builder.settings));
        this.archiveMaker = new ArchiveMaker(at);
        this.progress = builder.progress;
        this.database = new MariaDb(at);
        this.nacos = new Nacos(at);
        this.kafka = new Kafka(at);
        this.redis = new Redis(at);
        this.coordinator = new Coordinator(at, database, nacos);
        this.gateway = new HoldfastService(
                "gateway-sandbox",
                at.ports().gatewaySandbox(),
                at,
                database,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        this.stock = new HoldfastService(
                "stock-svc",
                at.ports().stockSvc(),
                at,
                database,
                Optional.of(nacos),
                Optional.of(kafka),
                Optional.empty());
        this.payment = new HoldfastService(
                "payment-svc",
                at.ports().paymentSvc(),
                at,
                database,
                Optional.of(nacos),
                Optional.of(kafka),
                Optional.empty());
        this.order = new HoldfastService(
                "order-svc",
                at.ports().orderSvc(),
                at,
                database,
                Optional.of(nacos),
                Optional.of(kafka),
                Optional.of(redis));
    }

    /** @param checkout the root of a checkout of Holdfast: where the built modules and the settings are found */
    public static Builder in(Path checkout) {
        return new Builder(checkout.toAbsolutePath().normalize());
    }

    /** Where and how the platform runs. */
    public static final class Builder {

        private final Path checkout;
        private Path runFolder;
        private int portOffset;
        private boolean stopWithThisJvm;
        private boolean shortLived;
        private Map<String, String> settings = Map.of();
        private Consumer<String> progress = line -> {};

        private Builder(Path checkout) {
            this.checkout = checkout;
            this.runFolder = checkout.resolve("deploy/.run");
        }

        /** The folder for data, logs, secrets and {@code stack.json}; one platform each. Default: {@code deploy/.run} in the checkout. */
        public Builder runFolder(Path folder) {
            this.runFolder = folder;
            return this;
        }

        /** Added to every port, see {@link Ports}. Default: 0. */
        public Builder portOffset(int offset) {
            this.portOffset = offset;
            return this;
        }

        /** Stops what was started when this JVM ends, however it ends short of kill -9. For tests. */
        public Builder stopWithThisJvm() {
            this.stopWithThisJvm = true;
            return this;
        }

        /**
         * For processes that are started, killed and started again: their JVMs use C1 alone. They need much less
         * of the processors in their first minutes, and more under load that lasts. For tests.
         */
        public Builder shortLived() {
            this.shortLived = true;
            return this;
        }

        /**
         * Settings of the three services that differ from the product's, as variables of their environment: at every start, and of
         * second instances too. They win over what stands in Nacos. For tests, which wait for some of them.
         */
        public Builder settings(Map<String, String> environment) {
            this.settings = environment;
            return this;
        }

        /** Gets a line of text for each step of {@link Stack#startAll()} and {@link Stack#stopAll()}. */
        public Builder progress(Consumer<String> lines) {
            this.progress = lines;
            return this;
        }

        /** Makes the run folder and its secrets if they are not there. Starts nothing. */
        public Stack open() {
            Stack stack = new Stack(this);
            if (stopWithThisJvm) {
                Runtime.getRuntime().addShutdownHook(new Thread(stack::abort, "stop the platform"));
            }
            return stack;
        }
    }

    public MariaDb database() {
        return database;
    }

    public Nacos nacos() {
        return nacos;
    }

    public Kafka kafka() {
        return kafka;
    }

    public Redis redis() {
        return redis;
    }

    public Coordinator coordinator() {
        return coordinator;
    }

    /** The stand-in for a card payment gateway. It is not one of the services: it registers nowhere. */
    public HoldfastService gateway() {
        return gateway;
    }

    public HoldfastService stock() {
        return stock;
    }

    public HoldfastService payment() {
        return payment;
    }

    public HoldfastService order() {
        return order;
    }

    /**
     * A second instance of a service, beside the first: it shares the database and all settings with it, and is found in Nacos under
     * the same name. It is none of {@link #parts()}: the caller starts it, and {@link #stopAll()} stops it too.
     */
    public HoldfastService second(HoldfastService service) {
        return service.second();
    }

    /**
     * What the benchmark compares Holdfast with: the stock, the payment and the order service of the module comparison. They are
     * none of {@link #parts()}: the caller starts all three, and {@link #stopAll()} stops them too.
     */
    public List<ComparisonService> comparison() {
        return ComparisonService.all(at, coordinator);
    }

    /** All parts, each after those that it needs. */
    public List<Part> parts() {
        return stages().stream().flatMap(List::stream).toList();
    }

    public StackFile stackFile() {
        return at.stackFile();
    }

    public Secrets secrets() {
        return at.secrets();
    }

    /** Tokens that this platform's services take. */
    public Tokens tokens() {
        return at.tokens();
    }

    public Ports ports() {
        return at.ports();
    }

    public Path runFolder() {
        return at.folder().root();
    }

    /**
     * Starts the parts that do not run, in order, and returns when every part does its work. What runs already is left alone.
     *
     * @throws IllegalStateException if the machine lacks memory, disk or ports for it; then nothing was started
     * @throws PartFailed if one cannot be started; then everything that this call started is stopped again
     */
    public void startAll() throws InterruptedException {
        start(parts());
    }

    /** Like {@link #startAll()}, for some of the parts; those that they need must be among them or run already. */
    public void start(List<Part> wanted) throws InterruptedException {
        FileChannel lock = lock();
        try {
            requireSameOffset();
            List<Part> missing =
                    wanted.stream().filter(part -> !part.isRunning()).toList();
            // All before the first start: what is short is told at once, not after half a minute.
            new Preflight(at.folder(), Preflight.Machine.here()).require(missing);
            List<Part> startedHere = Collections.synchronizedList(new ArrayList<>());
            boolean complete = false;
            try {
                startEachAfterWhatItNeeds(
                        parts().stream().filter(wanted::contains).toList(), startedHere);
                complete = true;
            } finally {
                if (!complete && !at.launches().isShut()) {
                    stopTogether(startedHere);
                }
            }
        } finally {
            unlock(lock);
        }
    }

    /**
     * Has archives of the classes of those parts made that have none yet, so that they start quicker the next time: in the background, one
     * after the other in the order given. The parts must have been started by now; the more they have done since, the better.
     *
     * @return how many are being made; 0 also if the disk has too little room for them
     * @see ClassArchive
     */
    public int makeArchives(List<? extends Part> parts) {
        return archiveMaker.start(
                parts.stream().flatMap(part -> part.archive().stream()).toList());
    }

    /** Whether {@link #makeArchives} is at work. */
    public boolean isMakingArchives() {
        return archiveMaker.process().isPresent();
    }

    /** Stops all parts, those first that others do not need, each in good order or after its grace period by force. */
    public void stopAll() throws InterruptedException {
        FileChannel lock = lock();
        try {
            archiveMaker.stop();
            List<List<Part>> stages = new ArrayList<>(stages());
            Collections.reverse(stages);
            stages.add(0, List.of(second(stock), second(payment), second(order)));
            stages.add(0, List.copyOf(comparison()));
            for (List<Part> stage : stages) {
                stopTogether(stage);
            }
        } finally {
            unlock(lock);
        }
    }

    /** {@link #stopAll()}; if the thread is interrupted meanwhile, what this object started is stopped in a hurry. */
    @Override
    public void close() {
        try {
            stopAll();
        } catch (InterruptedException hurried) {
            abort();
            Thread.currentThread().interrupt();
        }
    }

    /** From any thread, also while the platform is starting: stops what this object started and nothing else; nothing starts after that. */
    public void abort() {
        List<OsProcess> latestFirst = at.launches().shut();
        try {
            if (archiveMaker.process().filter(latestFirst::contains).isPresent()) {
                archiveMaker.stop();
            }
            for (OsProcess process : latestFirst) {
                process.askToEnd();
            }
            for (OsProcess process : latestFirst) {
                process.terminate(Duration.ofSeconds(10));
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return;
        }
        for (StackFile.Entry entry : at.stackFile().entries()) {
            if (latestFirst.contains(entry.process())) {
                at.stackFile().remove(entry.name());
            }
        }
    }

    public boolean isAborted() {
        return at.launches().isShut();
    }

    /** What a person should know about the platform as it runs now. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>(nacos.notes());
        for (HoldfastService service : List.of(gateway, stock, payment, order)) {
            if (service.isOutdated()) {
                notes.add(service.name()
                        + " runs an older build than the one in its target folder: deploy/down, then deploy/up");
            }
        }
        return notes;
    }

    private List<List<Part>> stages() {
        // Kafka beside the services, not before them: they start and take orders whether it is there or not, and so
        // they
        // do with Redis.
        return List.of(
                List.of(database, nacos, redis), List.of(coordinator, gateway), List.of(kafka, stock, payment, order));
    }

    /** What must do its work before the part can come to do its own. */
    private List<Part> needs(Part part) {
        if (part == coordinator) {
            return List.of(database, nacos);
        }
        if (part == gateway) {
            return List.of(database);
        }
        return part == stock || part == payment || part == order ? List.of(database, nacos, coordinator) : List.of();
    }

    private void startEachAfterWhatItNeeds(List<Part> wanted, List<Part> startedHere) throws InterruptedException {
        Map<Part, CountDownLatch> ready = new LinkedHashMap<>();
        wanted.forEach(part -> ready.put(part, new CountDownLatch(1)));
        inParallel(wanted, part -> {
            for (Part needed : needs(part)) {
                if (ready.containsKey(needed)) {
                    ready.get(needed).await();
                }
            }
            long from = System.nanoTime();
            boolean ran = part.isRunning();
            if (ran) {
                part.awaitReady();
            } else {
                startedHere.add(part);
                part.start();
            }
            progress.accept("  %-15s %-15s %6.1f s   %s"
                    .formatted(
                            part.name(),
                            ran ? "runs already" : "ready after",
                            (System.nanoTime() - from) / 1e9,
                            part.url()));
            ready.get(part).countDown();
        });
    }

    private void stopTogether(List<Part> parts) throws InterruptedException {
        inParallel(parts, part -> {
            if (part.isRunning()) {
                long from = System.nanoTime();
                part.stop();
                progress.accept("  %-15s %-15s %6.1f s"
                        .formatted(part.name(), "stopped after", (System.nanoTime() - from) / 1e9));
            } else {
                part.stop();
            }
        });
    }

    private interface Step {
        void run(Part part) throws InterruptedException;
    }

    /** Returns when every step has ended. The first failure interrupts the other steps and is thrown. */
    private static void inParallel(List<Part> parts, Step step) throws InterruptedException {
        if (parts.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(parts.size());
        CompletionService<Void> steps = new ExecutorCompletionService<>(threads);
        Throwable first = null;
        try {
            for (Part part : List.copyOf(parts)) {
                steps.submit(() -> {
                    step.run(part);
                    return null;
                });
            }
            for (int i = 0; i < parts.size(); i++) {
                Future<Void> ended = steps.take();
                try {
                    ended.get();
                } catch (ExecutionException failure) {
                    if (first == null) {
                        first = failure.getCause();
                        threads.shutdownNow();
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException failure) {
            throw failure;
        }
        if (first != null) {
            throw new InterruptedException();
        }
    }

    private void requireSameOffset() {
        Optional<Integer> inUse = at.stackFile().offsetInUse();
        if (inUse.isPresent() && inUse.get() != at.ports().offset()) {
            throw new IllegalStateException("the platform in " + at.folder().root() + " runs with port offset "
                    + inUse.get() + ", not " + at.ports().offset() + ": stop it first (deploy/down)");
        }
    }

    /** Two launchers at work on one run folder would each take the other's half-started parts for its own. */
    private FileChannel lock() {
        try {
            Files.createDirectories(at.folder().root());
            FileChannel channel =
                    FileChannel.open(at.folder().lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException heldByThisJvm) {
                // The same answer as when another JVM holds it.
            }
            channel.close();
            throw new IllegalStateException(
                    "another launcher is at work in " + at.folder().root() + ": wait for it, or stop it with Ctrl-C");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + at.folder().lock(), e);
        }
    }

    private static void unlock(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
