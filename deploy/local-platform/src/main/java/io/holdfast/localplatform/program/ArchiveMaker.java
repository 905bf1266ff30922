package io.holdfast.localplatform.program;

import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.RunFolder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes class archives in the background: one process that makes one after the other and ends. It outlives the
 * launcher, and {@code deploy/down} ends it. What it has not finished is a draft, which nobody uses.
 */
public final class ArchiveMaker {

    /** An archive has 60 to 190 MB; and a platform without room for its data is worse than a slow one. */
    static final long FREE_BYTES = 1L << 30;

    private static final String PART = "archives";

    private final PlatformContext at;
    private final Path folder;

    public ArchiveMaker(PlatformContext at) {
        this.at = at;
        this.folder = at.folder().archives();
    }

    /**
     * Starts to make those of the archives that can be made, unless that is under way.
     *
     * @param usableBytes of the disk that they go to
     * @return how many are being made
     */
    public int start(List<ClassArchive> archives, long usableBytes) {
        List<ClassArchive> wanted =
                archives.stream().filter(ClassArchive::canBeMade).toList();
        if (wanted.isEmpty() || usableBytes < FREE_BYTES || process().isPresent()) {
            return 0;
        }
        try {
            Files.createDirectories(log().getParent());
            for (ClassArchive archive : wanted) {
                archive.freezeNames();
            }
            Files.writeString(script(), scriptFor(wanted));
            at.launches().launch(PART, this::launch);
            return wanted.size();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make class archives in " + folder, e);
        }
    }

    public int start(List<ClassArchive> archives) {
        return start(archives, folder.toFile().getUsableSpace());
    }

    Path log() {
        return at.folder().log(PART);
    }

    /** Ends it if it runs, with what it has begun. */
    public void stop() throws InterruptedException {
        Optional<OsProcess> process = process();
        if (process.isPresent()) {
            // Nothing that it has begun is worth an end in good order.
            process.get().signalGroup("KILL");
            process.get().kill();
        }
        try {
            Files.deleteIfExists(running());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + running(), e);
        }
    }

    /** The process that is at work; empty if none is. */
    public Optional<OsProcess> process() {
        try {
            if (!Files.exists(running())) {
                return Optional.empty();
            }
            String[] words = Files.readString(running()).strip().split(" ");
            return Optional.of(new OsProcess(Long.parseLong(words[0]), words[1]))
                    .filter(OsProcess::isAlive);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + running(), e);
        }
    }

    private OsProcess launch() {
        List<String> command = new ArrayList<>();
        at.setsid().ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(List.of("/bin/sh", script().toString()));
        try {
            Process started = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
            OsProcess process =
                    OsProcess.of(started.pid()).orElseThrow(() -> PartFailed.logged(PART, "died at once", log(), 0));
            RunFolder.writePrivately(running(), process.pid() + " " + process.identity());
            return process;
        } catch (IOException e) {
            throw PartFailed.before(PART, "cannot be made: " + e.getMessage(), e);
        }
    }

    /** Behind a person's work, but not behind tests, which are over soon. A draft becomes the archive in one step, and only if it is whole. */
    private String scriptFor(List<ClassArchive> archives) {
        StringBuilder script = new StringBuilder();
        if (!at.shortLived()) {
            script.append("renice -n 19 -p $$ >/dev/null 2>&1\n");
        }
        for (ClassArchive archive : archives) {
            script.append("echo %s\n".formatted(quoted(archive.program())));
            for (String word : archive.makeCommand()) {
                script.append(quoted(word)).append(' ');
            }
            script.append("&& mv -f %2$s %3$s || echo 'not made'\nrm -f %1$s %2$s\n"
                    .formatted(
                            quoted(archive.names().toString()),
                            quoted(archive.draft().toString()),
                            quoted(archive.file().toString())));
        }
        return script.append("echo done\n").toString();
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private Path script() {
        return folder.resolve("make.sh");
    }

    private Path running() {
        return folder.resolve("running");
    }
}
