package io.holdfast.localplatform.part;

import io.holdfast.localplatform.runfolder.Ports;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part that is never started. */
public final class IdlePart extends Part {

    private final List<Ports.Port> ports;

    public IdlePart(String name, Ports.Port... ports) {
        super(name, null);
        this.ports = List.of(ports);
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
    void prepare() {}

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
