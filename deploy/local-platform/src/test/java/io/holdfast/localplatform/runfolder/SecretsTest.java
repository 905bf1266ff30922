package io.holdfast.localplatform.runfolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.localplatform.runfolder.Secrets.Name;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class SecretsTest {

    @TempDir
    private Path folder;

    @Test
    void areMadeOnceAndReadAgain() {
        Secrets first = Secrets.in(file());
        Secrets second = Secrets.in(file());

        assertThat(Arrays.stream(Name.values()).map(second::get))
                .containsExactlyElementsOf(
                        Arrays.stream(Name.values()).map(first::get).toList())
                .doesNotHaveDuplicates()
                .allMatch(value -> value.matches("[A-Za-z0-9]{24,}"));
    }

    @Test
    void differFromFolderToFolder() {
        assertThat(Secrets.in(file()).get(Name.MARIADB_ROOT_PASSWORD))
                .isNotEqualTo(Secrets.in(folder.resolve("other")).get(Name.MARIADB_ROOT_PASSWORD));
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws Exception {
        Secrets.in(file());

        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void aShellCanSourceTheFile() throws Exception {
        Secrets secrets = Secrets.in(file());

        Process shell = new ProcessBuilder(
                        "sh", "-c", ". \"$1\"; printf %s \"$NACOS_TOKEN_SECRET\"", "sh", file().toString())
                .start();
        assertThat(new String(shell.getInputStream().readAllBytes())).isEqualTo(secrets.get(Name.NACOS_TOKEN_SECRET));
    }

    @Test
    void theTokenSecretIsBase64OfAtLeast32Bytes() {
        assertThat(Base64.getDecoder().decode(Secrets.in(file()).get(Name.NACOS_TOKEN_SECRET)))
                .hasSizeGreaterThanOrEqualTo(32);
    }

    @Test
    void aSecretThatALaterVersionAddsIsMadeAndTheOthersStay() throws Exception {
        Files.writeString(file(), "# by hand\n\nSEATA_DB_PASSWORD=kept\n");

        Secrets secrets = Secrets.in(file());

        assertThat(secrets.databasePassword("seata")).isEqualTo("kept");
        assertThat(secrets.get(Name.NACOS_ADMIN_PASSWORD)).isNotEmpty();
        assertThat(Files.readString(file()))
                .contains(
                        "SEATA_DB_PASSWORD=kept",
                        "NACOS_ADMIN_PASSWORD=",
                        "REDIS_PASSWORD=" + secrets.get(Name.REDIS_PASSWORD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SEATA_DB_PASSWORD", "=x", "UNKNOWN=x", "SEATA_DB_PASSWORD=a'; drop user", "SEATA_DB_PASSWORD="})
    void aLineThatIsNoSecretIsRefusedAndItsValueNotShown(String line) throws Exception {
        Files.writeString(file(), line + "\n");

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> Secrets.in(file()))
                .satisfies(refused -> assertThat(refused.getCause())
                        .hasMessageNotContaining("drop")
                        .hasMessageContaining("NAME="));
    }

    private Path file() {
        return folder.resolve("secrets");
    }
}
