package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class PortsTest {

    @Test
    void theUsualPortsAreThoseOfTheDocumentation() {
        Ports ports = new Ports(0);

        assertThat(List.of(ports.orderSvc(), ports.stockSvc(), ports.paymentSvc(), ports.gatewaySandbox()))
                .containsExactly(8081, 8082, 8083, 8084);
        assertThat(ports.managementOf(ports.orderSvc())).isEqualTo(9081);
        assertThat(ports.managementOf(ports.gatewaySandbox())).isEqualTo(9084);
        assertThat(numbers(ports.ofNacos())).containsExactlyInAnyOrder(8848, 9848, 9849, 7848, 8080);
        assertThat(ports.coordinator()).isEqualTo(8091);
        assertThat(ports.coordinatorConsole()).isEqualTo(7091);
        assertThat(ports.mariaDb()).isEqualTo(13306);
        assertThat(ports.kafka()).isEqualTo(9092);
        assertThat(ports.redis()).isEqualTo(6379);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 10_000, 50_000})
    void oneOffsetMovesAllPortsAndNoTwoMeet(int offset) {
        List<Integer> moved = all(new Ports(offset));

        assertThat(moved).doesNotHaveDuplicates().allMatch(port -> port > 1_023 && port <= 65_535);
        assertThat(moved)
                .containsExactlyElementsOf(
                        all(new Ports(0)).stream().map(port -> port + offset).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 50_001, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void anOffsetThatLeavesThePortRangeIsRefused(int offset) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Ports(offset)).withMessageContaining("" + offset);
    }

    @Test
    void aPortThatIsListenedOnIsBusyAndFreeAfterwards() throws Exception {
        Ports.Port port;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = Ports.Port.loopback(listener.getLocalPort());
            assertThat(port.isFree()).isFalse();
            assertThat(Ports.Port.at("0.0.0.0", port.number()).isFree()).isFalse();
            assertThat(Ports.Port.at("127.0.0.2", port.number()).isFree()).isTrue();
        }
        assertThat(port.isFreeWithin(Duration.ofSeconds(2))).isTrue();
    }

    @Test
    void aPartWhosePortIsBusySaysWhichPartNeedsWhichPort() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listener.getLocalPort();
            Part part = new Idle(List.of(Ports.Port.loopback(port)));

            assertThatExceptionOfType(PartFailed.class)
                    .isThrownBy(part::requireFreePorts)
                    .withMessageContaining("idle: needs port " + port)
                    .withMessageNotContaining("\n");
        }
    }

    private static List<Integer> all(Ports ports) {
        List<Integer> all = new ArrayList<>(numbers(ports.ofNacos()));
        all.addAll(List.of(
                ports.mariaDb(),
                ports.kafka(),
                ports.kafkaController(),
                ports.redis(),
                ports.coordinator(),
                ports.coordinatorConsole()));
        for (int service : List.of(ports.orderSvc(), ports.stockSvc(), ports.paymentSvc(), ports.gatewaySandbox())) {
            int second = ports.secondOf(service);
            all.addAll(List.of(service, ports.managementOf(service), second, ports.managementOf(second)));
        }
        return all;
    }

    private static List<Integer> numbers(List<Ports.Port> ports) {
        return ports.stream().map(Ports.Port::number).toList();
    }

    /** Never started. */
    private static final class Idle extends Part {

        private final List<Ports.Port> ports;

        private Idle(List<Ports.Port> ports) {
            super("idle", null);
            this.ports = ports;
        }

        @Override
        public String url() {
            return "";
        }

        @Override
        public String version() {
            return "";
        }

        @Override
        public List<Ports.Port> ports() {
            return ports;
        }

        @Override
        void prepare() throws IOException {}

        @Override
        List<String> command() {
            return List.of();
        }

        @Override
        Map<String, String> environment() {
            return Map.of();
        }

        @Override
        Optional<String> missing() {
            return Optional.empty();
        }
    }
}
