package io.holdfast.tcc.sql.testdatabase;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How MariaDB and MySQL differ in where they come from and how they start. */
sealed interface Distribution permits MariaDbDistribution, MySqlDistribution {

    String name();

    /** Unpacks the binaries, unless they are there. */
    Path unpack();

    /** The command that creates the system tables in an empty data directory. */
    List<String> initialise(Path home, Path data, List<String> identity);

    /** The command that runs the server, without the options that both understand. */
    List<String> serve(Path home, Path data);

    /** What to say if a library of the operating system is missing. */
    Map<String, String> packagesOfLibraries();
}
