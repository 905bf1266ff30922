package io.holdfast.localplatform.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.runfolder.Secrets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of the platform before anything of it is started. */
public class StackTest {

    @TempDir
    private Path folder;

    private Stack stack;

    @BeforeEach
    void open() {
        stack = Stack.in(Path.of("../..")).runFolder(folder).portOffset(100).open();
    }

    @Test
    void theGatewayComesAfterItsDatabaseAndBeforeTheServiceThatCallsIt() {
        assertThat(stack.parts()).extracting(Part::name).doesNotHaveDuplicates().hasSize(9);
        assertThat(stack.parts()).containsSubsequence(stack.database(), stack.gateway(), stack.payment());
        assertThat(stack.gateway().url()).isEqualTo("http://127.0.0.1:8184");
        assertThat(stack.gateway().managementUrl()).isEqualTo("http://127.0.0.1:9184");
        assertThat(stack.gateway().log()).isEqualTo(folder.resolve("logs/gateway-sandbox.log"));
    }

    @Test
    void theGatewayGetsItsOwnSchemaAndNothingOfTheRegistry() {
        assertThat(stack.gateway().environment())
                .containsEntry("HOLDFAST_PORT", "8184")
                .containsEntry("HOLDFAST_MANAGEMENT_PORT", "9184")
                .containsEntry("HOLDFAST_DB_USER", "gateway_sandbox")
                .containsEntry("HOLDFAST_DB_PASSWORD", stack.secrets().get(Secrets.Name.GATEWAY_SANDBOX_DB_PASSWORD))
                .hasEntrySatisfying("HOLDFAST_DB_URL", url -> assertThat(url).contains(":13406/gateway_sandbox?"))
                .allSatisfy((name, value) -> assertThat(name).doesNotContain("NACOS"));
    }

    @Test
    void aServiceGetsItsSchemaAndTheRegistry() {
        assertThat(stack.payment().environment())
                .containsEntry("HOLDFAST_DB_USER", "payment_svc")
                .containsEntry("HOLDFAST_NACOS_ADDR", stack.nacos().address())
                .containsEntry("HOLDFAST_NACOS_USER", "payment-svc")
                .containsEntry("HOLDFAST_NACOS_PASSWORD", stack.secrets().get(Secrets.Name.PAYMENT_SVC_NACOS_PASSWORD));
    }

    @Test
    void onlyTheOrderServiceIsToldWhereTheCacheIs() {
        assertThat(stack.redis().url()).isEqualTo("127.0.0.1:6479");
        for (HoldfastService instance : List.of(stack.order(), stack.second(stack.order()))) {
            assertThat(instance.environment())
                    .containsEntry("HOLDFAST_REDIS_HOST", "127.0.0.1")
                    .containsEntry("HOLDFAST_REDIS_PORT", "6479")
                    .containsEntry("HOLDFAST_REDIS_PASSWORD", stack.secrets().get(Secrets.Name.REDIS_PASSWORD));
        }
        for (HoldfastService other : List.of(stack.stock(), stack.payment(), stack.gateway())) {
            assertThat(other.environment())
                    .allSatisfy((name, value) -> assertThat(name).doesNotContain("REDIS"));
        }
    }

    @Test
    void theCacheComesBeforeTheServiceThatUsesIt() {
        assertThat(stack.parts()).containsSubsequence(stack.redis(), stack.order());
    }

    @Test
    void onlyThePaymentServiceIsToldWhereTheGatewayIsAndCanProveItselfToIt() {
        assertThat(stack.payment().environment())
                .containsEntry("HOLDFAST_GATEWAY_URL", stack.gateway().url())
                .containsKey("HOLDFAST_SERVICE_KEY");
        assertThat(stack.order().environment()).doesNotContainKey("HOLDFAST_GATEWAY_URL");
    }
}
