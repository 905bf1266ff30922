package io.holdfast.tcc.coordinator;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.seata.core.protocol.ProtocolConstants;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.rpc.hook.RpcHook;
import org.jspecify.annotations.Nullable;

/**
 * Counts round trips to and from the coordinator. Seata makes the hook by itself (it is named in META-INF/services), so the counts
 * are those of the JVM.
 */
public final class CoordinatorMessages implements RpcHook {

    /**
     * Counter with the tag {@code kind}: {@code request} is what this service asked the coordinator (to begin, to register a branch,
     * to commit), {@code answer} is what it answered when the coordinator called a branch. Heartbeats are not counted.
     */
    public static final String MESSAGES = "holdfast.tcc.coordinator.messages";

    private static final LongAdder REQUESTS = new LongAdder();
    private static final LongAdder ANSWERS = new LongAdder();

    @Override
    public void doBeforeRequest(String address, RpcMessage message) {
        switch (message.getMessageType()) {
            case ProtocolConstants.MSGTYPE_RESQUEST_SYNC, ProtocolConstants.MSGTYPE_RESQUEST_ONEWAY ->
                REQUESTS.increment();
            case ProtocolConstants.MSGTYPE_RESPONSE -> ANSWERS.increment();
            default -> {}
        }
    }

    @Override
    public void doAfterResponse(String address, RpcMessage message, @Nullable Object response) {}

    /** Registers the metric. */
    public static MeterBinder metrics() {
        return registry -> {
            register(registry, "request", REQUESTS);
            register(registry, "answer", ANSWERS);
        };
    }

    private static void register(MeterRegistry registry, String kind, LongAdder count) {
        FunctionCounter.builder(MESSAGES, count, LongAdder::doubleValue)
                .description("Messages to the coordinator")
                .tag("kind", kind)
                .register(registry);
    }
}
