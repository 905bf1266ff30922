package io.holdfast.localplatform.runfolder;

import io.holdfast.localplatform.process.OsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code stack.json}: a JSON array with one object for each part that was started and not stopped since. */
public final class StackFile {

    /**
     * One part that was started.
     *
     * @param name of the part
     * @param url where it answers
     * @param pid its process
     * @param log its log file
     * @param startedAt when it was started
     * @param version of the program
     * @param portOffset that its ports were moved by
     * @param identity of the process beyond its number, see {@link OsProcess}: a number that another process got since is not ours
     */
    public record Entry(
            String name,
            String url,
            long pid,
            String log,
            Instant startedAt,
            String version,
            int portOffset,
            String identity) {

        public OsProcess process() {
            return new OsProcess(pid, identity);
        }
    }

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;

    public StackFile(Path file) {
        this.file = file;
    }

    /** What was started, in the order of starting. */
    public synchronized List<Entry> entries() {
        try {
            return Files.exists(file) ? List.of(JSON.readValue(Files.readString(file), Entry[].class)) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JacksonException e) {
            throw new IllegalStateException(file + " is not what this launcher wrote: " + e.getOriginalMessage(), e);
        }
    }

    public Optional<Entry> entry(String name) {
        return entries().stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The port offset of the parts that run, if any runs. */
    public Optional<Integer> offsetInUse() {
        return entries().stream()
                .filter(entry -> entry.process().isAlive())
                .map(Entry::portOffset)
                .findFirst();
    }

    public synchronized void put(Entry entry) {
        List<Entry> all = without(entry.name());
        all.add(entry);
        write(all);
    }

    public synchronized void remove(String name) {
        if (entry(name).isPresent()) {
            write(without(name));
        }
    }

    private List<Entry> without(String name) {
        List<Entry> others = new ArrayList<>(entries());
        others.removeIf(entry -> entry.name().equals(name));
        return others;
    }

    private void write(List<Entry> entries) {
        try {
            RunFolder.writePrivately(file, JSON.writeValueAsString(entries) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
