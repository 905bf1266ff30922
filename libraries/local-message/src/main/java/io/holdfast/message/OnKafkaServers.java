package io.holdfast.message;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if {@code spring.kafka.bootstrap-servers} names a broker, as one value or as a list. Boot's own default is none of ours. */
final class OnKafkaServers extends SpringBootCondition {

    static final String PROPERTY = "spring.kafka.bootstrap-servers";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        List<String> servers = Binder.get(context.getEnvironment())
                .bind(PROPERTY, Bindable.listOf(String.class))
                .orElse(List.of());
        boolean named = servers.stream().anyMatch(server -> !server.isBlank());
        return new ConditionOutcome(
                named, ConditionMessage.forCondition("Kafka").because(PROPERTY + (named ? " is set" : " is not set")));
    }
}
