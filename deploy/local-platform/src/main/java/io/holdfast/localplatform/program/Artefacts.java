package io.holdfast.localplatform.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The jars that others have made and that the parts are run from, each with the SHA-256 that it has to have: whoever serves another one in
 * its place does not get it run. What was found right is written down with what tells a changed file (size, times, inode), and is read again
 * only if one of these is another: all together are a third of a gigabyte.
 */
public final class Artefacts {

    /** In the form of {@code sha256sum}; paths as in a Maven repository. */
    static final String PINS = "deploy/local-platform/artefacts.sha256";

    /** Stamps of files that this JVM knows to be right. */
    private static final Set<String> RIGHT = ConcurrentHashMap.newKeySet();

    private final Path pins;
    private final Path record;

    private Artefacts(Path pins, Path record) {
        this.pins = pins;
        this.record = record;
    }

    public static Artefacts of(Path checkout) {
        return new Artefacts(
                checkout.resolve(PINS), checkout.resolve("deploy/local-platform/target/artefacts-found-right"));
    }

    /** @throws IOException if one is not what it has to be; it says which, and what to do */
    public void verify(Collection<Path> jars) throws IOException {
        synchronized (Artefacts.class) {
            Map<String, String> expected = expected();
            if (Files.exists(record)) {
                RIGHT.addAll(Files.readAllLines(record));
            }
            boolean news = false;
            for (Path jar : jars) {
                news |= verify(jar, expected);
            }
            if (news) {
                writeDown();
            }
        }
    }

    private boolean verify(Path jar, Map<String, String> expected) throws IOException {
        String pin = pinOf(jar, expected);
        // Taken before the file is read: what changes meanwhile is another one.
        String stamp = pin + " " + stateOf(jar) + " " + jar;
        if (RIGHT.contains(stamp)) {
            return false;
        }
        String found = sha256(jar);
        if (!found.equals(pin)) {
            throw new IOException(jar + " is not the artefact that is meant: its SHA-256 is " + found + ", and " + PINS
                    + " says " + pin + ". Delete it and build again; if that brings the same one, do not run it:"
                    + " whoever serves it has put another one in its place");
        }
        return RIGHT.add(stamp);
    }

    private static String pinOf(Path jar, Map<String, String> expected) throws IOException {
        // A repository may lie anywhere: the path in it is group, artefact, version and file.
        for (int from = 0; from < jar.getNameCount(); from++) {
            String pin = expected.get(jar.subpath(from, jar.getNameCount()).toString());
            if (pin != null) {
                return pin;
            }
        }
        throw new IOException(jar + " is in no line of " + PINS
                + ": after a deliberate change of versions deploy/local-platform/pin-artefacts writes the file anew");
    }

    private Map<String, String> expected() throws IOException {
        Map<String, String> expected = new HashMap<>();
        for (String line : Files.readAllLines(pins)) {
            String[] columns = line.split(" {2}", 2);
            if (columns.length != 2 || !columns[0].matches("[0-9a-f]{64}")) {
                throw new IOException("not a line of " + PINS + ": " + line);
            }
            expected.put(columns[1], columns[0]);
        }
        return expected;
    }

    private static String stateOf(Path file) throws IOException {
        Map<String, Object> state = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
        return state.get("size") + " " + state.get("lastModifiedTime") + " " + state.get("ctime") + " "
                + state.get("ino");
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
            byte[] chunk = new byte[1 << 16];
            int read;
            do {
                read = digest.read(chunk);
            } while (read >= 0);
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A user who may not write there reads all of them again the next time. */
    private void writeDown() {
        try {
            Files.createDirectories(record.getParent());
            Path draft = Files.createTempFile(record.getParent(), "artefacts", ".new");
            Files.writeString(draft, String.join("\n", List.copyOf(RIGHT)) + "\n", StandardCharsets.UTF_8);
            Files.move(draft, record, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UncheckedIOException readOnly) {
            // As it says above.
        }
    }
}
