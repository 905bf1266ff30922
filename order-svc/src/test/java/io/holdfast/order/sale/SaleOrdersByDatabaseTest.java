package io.holdfast.order.sale;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** There is no Redis at all. */
@OnRealDatabase
class SaleOrdersByDatabaseTest extends SaleOrderCases {

    SaleOrdersByDatabaseTest(
            @LocalServerPort int port,
            @Autowired TestTokens tokens,
            @Autowired StandInDownstreamServices downstream,
            @Autowired StandInCoordinator coordinator,
            @Autowired Database database) {
        super(port, new Services(tokens, downstream, coordinator, database));
    }
}
