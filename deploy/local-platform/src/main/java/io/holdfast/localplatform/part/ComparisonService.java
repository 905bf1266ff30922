package io.holdfast.localplatform.part;

import io.holdfast.localplatform.program.UnpackedJar;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One of the three services that the benchmark compares Holdfast's with. Its JVM is set as theirs. Whoever starts it says in the
 * environment where its database is: {@code HOLDFAST_DB_URL}, {@code HOLDFAST_DB_USER}, {@code HOLDFAST_DB_PASSWORD}.
 */
public final class ComparisonService extends Part {

    private static final List<String> ROLES = List.of("order", "stock", "payment");
    private static final String ORDER_SVC = "order-svc";

    private final String role;
    private final Coordinator coordinator;

    private ComparisonService(PlatformContext at, String role, Coordinator coordinator) {
        super("comparison-" + role, at);
        this.role = role;
        this.coordinator = coordinator;
    }

    /** Those that are called before the one that calls them. */
    public static List<ComparisonService> all(PlatformContext at, Coordinator coordinator) {
        List<ComparisonService> services = new ArrayList<>();
        for (String role : List.of("stock", "payment", "order")) {
            services.add(new ComparisonService(at, role, coordinator));
        }
        return List.copyOf(services);
    }

    /** {@code order}, {@code stock} or {@code payment}. */
    public String role() {
        return role;
    }

    @Override
    public String url() {
        return urlOf(role);
    }

    /** Where health and metrics are. */
    public String managementUrl() {
        return "http://127.0.0.1:" + managementPort();
    }

    @Override
    public String version() {
        return HoldfastService.VERSION;
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(Ports.Port.loopback(port(role)), Ports.Port.loopback(managementPort()));
    }

    @Override
    void prepare() throws IOException, InterruptedException {
        program().unpack();
    }

    @Override
    List<String> command() {
        return HoldfastService.java(at, name()).jar(program().jar());
    }

    @Override
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        environment.put("SPRING_PROFILES_ACTIVE", role);
        environment.put("HOLDFAST_PORT", Integer.toString(port(role)));
        environment.put("HOLDFAST_MANAGEMENT_PORT", Integer.toString(managementPort()));
        environment.put("HOLDFAST_TOKEN_ISSUER", Tokens.ISSUER);
        environment.put("HOLDFAST_TOKEN_AUDIENCE", Tokens.AUDIENCE);
        environment.put("HOLDFAST_TOKEN_KEYS", at.tokens().publicKeys().toUri().toString());
        environment.put(
                "HOLDFAST_ORDER_SVC_KEYS",
                at.tokens().publicKeys(ORDER_SVC).toUri().toString());
        environment.put(
                "HOLDFAST_ORDER_SVC_KEY",
                at.tokens().privateKey(ORDER_SVC).toUri().toString());
        environment.put("COMPARISON_COORDINATOR", coordinator.url());
        environment.put("COMPARISON_STOCK_URL", urlOf("stock"));
        environment.put("COMPARISON_PAYMENT_URL", urlOf("payment"));
        return environment;
    }

    @Override
    Optional<String> missing() throws InterruptedException {
        String health = managementUrl() + "/actuator/health";
        return Http.answers(health) ? Optional.empty() : Optional.of("its health is not UP at " + health);
    }

    @Override
    Duration stopGrace() {
        return Duration.ofSeconds(30);
    }

    private String urlOf(String service) {
        return "http://127.0.0.1:" + port(service);
    }

    private int port(String service) {
        return at.ports().comparison() + ROLES.indexOf(service);
    }

    private int managementPort() {
        return at.ports().managementOf(port(role));
    }

    private UnpackedJar program() {
        Path built = at.checkout()
                .resolve("benchmark/comparison/target/comparison-" + HoldfastService.VERSION + "-exec.jar");
        return new UnpackedJar(at, "comparison", name(), built);
    }
}
