package io.holdfast.localstack;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A {@code java} command line with what holds for every JVM of the platform. */
final class JavaCommand {

    private final Surroundings at;
    private final String part;
    private final List<String> words = new ArrayList<>();

    /** @param part whose user.home and client folders are set apart from the others' */
    JavaCommand(Surroundings at, String part, int heapMegabytes) {
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
            // The optimising compiler pays after minutes under load; until then it takes half of what few cores have.
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

    JavaCommand flag(String flag) {
        words.add(flag);
        return this;
    }

    JavaCommand property(String name, Object value) {
        words.add("-D" + name + "=" + value);
        return this;
    }

    /** Keeps a program that insists on listening on every interface to one address. */
    JavaCommand listeningOn(String address) throws IOException {
        Path target = moduleOf(at, "nacos");
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "local-stack-nacos-*.jar")) {
            Iterator<Path> jar = jars.iterator();
            if (!jar.hasNext()) {
                throw new IOException("not built yet, there is no jar in " + target);
            }
            // Not the jar itself: a build may replace it while the program runs.
            Path copy = at.folder().programs().resolve("loopback-only-" + part + ".jar");
            Files.createDirectories(copy.getParent());
            Files.copy(jar.next(), copy, StandardCopyOption.REPLACE_EXISTING);
            return flag("-javaagent:" + copy + "=" + address);
        }
    }

    List<String> mainClass(String classPath, String mainClass, String... arguments) {
        words.add("-cp");
        words.add(classPath);
        words.add(mainClass);
        words.addAll(List.of(arguments));
        return List.copyOf(words);
    }

    List<String> jar(Path jar, String... arguments) {
        words.add("-jar");
        words.add(jar.toString());
        words.addAll(List.of(arguments));
        return List.copyOf(words);
    }

    /** The class path that Maven resolved for a module of deploy/local-stack. */
    static String classPathOf(Surroundings at, String module) throws IOException {
        Path target =
                at.checkout().resolve("deploy/local-stack").resolve(module).resolve("target");
        Path file = target.resolve("classpath.txt");
        if (!Files.exists(file)) {
            throw new IOException("not built yet, there is no " + file + " (deploy/up or ./mvnw package builds it)");
        }
        String dependencies = Files.readString(file).strip();
        Path classes = target.resolve("classes");
        return Files.isDirectory(classes) ? classes + ":" + dependencies : dependencies;
    }

    private static Path moduleOf(Surroundings at, String module) {
        return at.checkout().resolve("deploy/local-stack").resolve(module).resolve("target");
    }
}
