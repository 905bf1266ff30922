package io.holdfast.localplatform.runfolder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class RunFolderTest {

    @TempDir
    private Path parent;

    @Test
    void onlyTheOwnerMayLookIn() throws Exception {
        RunFolder folder = new RunFolder(parent.resolve("deep/er")).create();

        assertThat(Files.getPosixFilePermissions(folder.root()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void erasingTakesDataAndSecretsAndNothingThatAPersonPutThere() throws Exception {
        RunFolder folder = new RunFolder(parent).create();
        Secrets.in(folder.secrets());
        Files.createDirectories(folder.data().resolve("mariadb/seata"));
        Files.writeString(folder.data().resolve("mariadb/seata/global_table.ibd"), "x");
        Files.writeString(folder.log("nacos"), "x");
        Path own = Files.writeString(folder.root().resolve("notes.txt"), "x");
        Path outside = Files.createDirectories(parent.resolve("precious"));
        Files.createSymbolicLink(folder.data().resolve("link"), outside);

        folder.erase();

        assertThat(folder.data()).doesNotExist();
        assertThat(folder.secrets()).doesNotExist();
        assertThat(own).exists();
        assertThat(outside).exists();
        assertThat(folder.log("nacos")).exists();
    }

    @Test
    void erasingTwiceIsFine() {
        RunFolder folder = new RunFolder(parent).create();
        folder.erase();
        folder.erase();
    }
}
