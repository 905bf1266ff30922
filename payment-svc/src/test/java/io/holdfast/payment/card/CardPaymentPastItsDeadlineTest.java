package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/** A gateway that is away for longer than a Confirm may take. */
class CardPaymentPastItsDeadlineTest extends OnCards {

    private static final String SHORT = "a short deadline";
    private static final String DEADLINE = "holdfast.tcc.actions[payment.card].deadline";
    private static final Trouble[] FOR_EVER =
            Collections.nCopies(1000, Trouble.HANGS_UP).toArray(Trouble[]::new);

    private final ApplicationContext service;

    CardPaymentPastItsDeadlineTest(@Autowired ApplicationContext service) {
        super(service);
        this.service = service;
    }

    /** As somebody sets it in Nacos, while the service runs. */
    @BeforeEach
    void aConfirmMayTakeALittleWhile() {
        settings().addFirst(new MapPropertySource(SHORT, Map.of(DEADLINE, "700ms")));
        service.publishEvent(new EnvironmentChangeEvent(Set.of(DEADLINE)));
    }

    @AfterEach
    void aConfirmMayTakeAsLongAsBefore() {
        settings().remove(SHORT);
        service.publishEvent(new EnvironmentChangeEvent(Set.of(DEADLINE)));
    }

    private MutablePropertySources settings() {
        return ((ConfigurableEnvironment) service.getEnvironment()).getPropertySources();
    }

    @Test
    void aPaymentIsGivenUpWithoutTheGatewayAndVoidedOnceWhenItIsBack() {
        CardBranch branch = authorized();
        gateway.goAway();

        branch.capture();
        paymentBecomes("GIVEN_UP");
        outcomeIs("GIVEN_UP", "deadline: ");
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        carryOutDue();
        assertThat(voidOrRefundStatus()).containsExactly("DUE");

        gateway.comeBack();
        voidOrRefundEndsAs("VOIDED");
        assertThat(payment()).isEqualTo("GIVEN_UP");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void aCaptureThatIsFoundToHaveSucceededAfterTheGiveUpIsRefundedOnce() {
        CardBranch branch = authorized();
        gateway.next("capture", Trouble.SILENT_AFTER);
        gateway.next("query", FOR_EVER);
        branch.capture();
        gateway.next("capture", FOR_EVER);

        paymentBecomes("GIVEN_UP");
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        gateway.behave();

        voidOrRefundEndsAs("REFUNDED");
        assertThat(charge()).isEqualTo("REFUNDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
    }
}
