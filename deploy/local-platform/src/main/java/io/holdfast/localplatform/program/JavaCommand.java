package io.holdfast.localplatform.program;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.PlatformContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A {@code java} command line with what holds for every JVM of the platform. */
public final class JavaCommand {

    private final PlatformContext at;
    private final String part;
    private final List<String> words = new ArrayList<>();

    /** @param part whose user.home and client folders are set apart from the others' */
    public JavaCommand(PlatformContext at, String part, int heapMegabytes) {
        this.at = at;
        this.part = part;
        Path home = at.folder().home().resolve(part);
        Path logs = at.folder().logs().resolve(part);
        words.add(at.java().toString());
        words.add("-Xmx" + heapMegabytes + "m");
        // On a few cores and heaps this small the serial collector needs the least memory and the fewest threads.
        words.add("-XX:+UseSerialGC");
        words.add("-XX:+ExitOnOutOfMemoryError");
        if (at.shortLived()) {
            // C2 pays off after minutes under load; until then it takes half of the time of few cores.
            words.add("-XX:TieredStopAtLevel=1");
        }
        // Otherwise each JVM leaves a file in /tmp.
        words.add("-XX:-UsePerfData");
        property("java.io.tmpdir", at.folder().tmp(part));
        property("file.encoding", "UTF-8");
        property("user.home", home);
        // Two clients that write to ~/logs and ~/nacos even where user.home is not asked.
        property("JM.LOG.PATH", logs);
        property("JM.SNAPSHOT.PATH", home);
        property("nacos.logging.path", logs);
    }

    /** What makes the start quicker; see {@link ClassArchive}. */
    public JavaCommand with(ClassArchive archive, boolean recording) {
        words.addAll(archive.flags(recording));
        return this;
    }

    public JavaCommand flag(String flag) {
        words.add(flag);
        return this;
    }

    public JavaCommand property(String name, Object value) {
        words.add("-D" + name + "=" + value);
        return this;
    }

    /** Keeps a program that insists on listening on every interface to one address. */
    public JavaCommand listeningOn(String address) {
        // The agent is in the jar of that module, which is the first of its class path.
        return flag("-javaagent:" + classPathOf(at, "nacos").split(":", 2)[0] + "=" + address);
    }

    public List<String> mainClass(String classPath, String mainClass, String... arguments) {
        words.add("-cp");
        words.add(classPath);
        words.add(mainClass);
        words.addAll(List.of(arguments));
        return List.copyOf(words);
    }

    public List<String> jar(Path jar, String... arguments) {
        words.add("-jar");
        words.add(jar.toString());
        words.addAll(List.of(arguments));
        return List.copyOf(words);
    }

    /** The class path that Maven resolved for a module of deploy/local-platform, each jar of it verified. */
    public static String classPathOf(PlatformContext at, String module) {
        try {
            return resolvedClassPathOf(at, module);
        } catch (IOException e) {
            throw PartFailed.before(module, e.getMessage(), e);
        }
    }

    private static String resolvedClassPathOf(PlatformContext at, String module) throws IOException {
        Path target =
                at.checkout().resolve("deploy/local-platform").resolve(module).resolve("target");
        Path file = target.resolve("classpath.txt");
        if (!Files.exists(file)) {
            throw new IOException("not built yet, there is no " + file + " (deploy/up or ./mvnw package builds it)");
        }
        String dependencies = Files.readString(file).strip();
        Artefacts.of(at.checkout())
                .verify(Arrays.stream(dependencies.split(":")).map(Path::of).toList());
        return jarOf(at, module).map(jar -> jar + ":" + dependencies).orElse(dependencies);
    }

    /**
     * A copy of the jar of a module of deploy/local-platform, if it has one of its own. A copy, because a build may replace the jar while a
     * program runs; named by its contents, so that it is the same file until they change.
     */
    private static Optional<Path> jarOf(PlatformContext at, String module) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(moduleOf(at, module), "local-platform-" + module + "-*.jar")) {
            Iterator<Path> found = jars.iterator();
            if (!found.hasNext()) {
                return Optional.empty();
            }
            Path jar = found.next();
            String contents = new String(Files.readAllBytes(jar), StandardCharsets.ISO_8859_1);
            Path copy = at.folder()
                    .programs()
                    .resolve("local-platform-" + module + "-" + Fingerprint.of(contents) + ".jar");
            if (!Files.exists(copy)) {
                Files.createDirectories(copy.getParent());
                Path draft = Files.createTempFile(copy.getParent(), module, ".new");
                Files.copy(jar, draft, StandardCopyOption.REPLACE_EXISTING);
                Files.move(draft, copy, StandardCopyOption.ATOMIC_MOVE);
            }
            return Optional.of(copy);
        }
    }

    private static Path moduleOf(PlatformContext at, String module) {
        return at.checkout().resolve("deploy/local-platform").resolve(module).resolve("target");
    }
}
