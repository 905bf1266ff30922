package io.holdfast.payment.capture;

import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Database;
import org.springframework.beans.factory.annotation.Autowired;

class OpenPaymentsTest extends OpenPaymentsContract {

    OpenPaymentsTest(@Autowired Coordinator coordinator, @Autowired Database database) {
        super(coordinator, database);
    }
}
