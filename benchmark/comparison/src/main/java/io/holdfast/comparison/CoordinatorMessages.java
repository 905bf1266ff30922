package io.holdfast.comparison;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.seata.core.protocol.ProtocolConstants;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.rpc.hook.RpcHook;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Counts round trips to and from the coordinator, as Holdfast's starter does; Seata makes another one of these by itself. */
@Component
public class CoordinatorMessages implements RpcHook, MeterBinder {

    private static final LongAdder MESSAGES = new LongAdder();

    @Override
    public void doBeforeRequest(String address, RpcMessage message) {
        switch (message.getMessageType()) {
            case ProtocolConstants.MSGTYPE_RESQUEST_SYNC,
                    ProtocolConstants.MSGTYPE_RESQUEST_ONEWAY,
                    ProtocolConstants.MSGTYPE_RESPONSE -> MESSAGES.increment();
            default -> {}
        }
    }

    @Override
    public void doAfterResponse(String address, RpcMessage message, @Nullable Object response) {}

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("comparison.coordinator.messages", MESSAGES, LongAdder::doubleValue)
                .register(registry);
    }
}
