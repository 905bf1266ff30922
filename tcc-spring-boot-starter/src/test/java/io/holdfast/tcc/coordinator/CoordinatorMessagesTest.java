package io.holdfast.tcc.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ServiceLoader;
import org.apache.seata.core.protocol.ProtocolConstants;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.rpc.hook.RpcHook;
import org.junit.jupiter.api.Test;

class CoordinatorMessagesTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CoordinatorMessages hook = new CoordinatorMessages();

    @Test
    void seataFindsTheHookByItself() {
        assertThat(ServiceLoader.load(RpcHook.class)).hasAtLeastOneElementOfType(CoordinatorMessages.class);
    }

    @Test
    void requestsAndAnswersAreCountedApartAndHeartbeatsAreNot() {
        CoordinatorMessages.metrics().bindTo(registry);
        double requests = count("request");
        double answers = count("answer");

        send(ProtocolConstants.MSGTYPE_RESQUEST_SYNC);
        send(ProtocolConstants.MSGTYPE_RESQUEST_ONEWAY);
        send(ProtocolConstants.MSGTYPE_RESPONSE);
        send(ProtocolConstants.MSGTYPE_HEARTBEAT_REQUEST);
        send(ProtocolConstants.MSGTYPE_HEARTBEAT_RESPONSE);

        assertThat(count("request") - requests).isEqualTo(2);
        assertThat(count("answer") - answers).isEqualTo(1);
    }

    private void send(byte type) {
        RpcMessage message = new RpcMessage();
        message.setMessageType(type);
        hook.doBeforeRequest("127.0.0.2:8091", message);
    }

    private double count(String kind) {
        return registry.get(CoordinatorMessages.MESSAGES)
                .tag("kind", kind)
                .functionCounter()
                .count();
    }
}
