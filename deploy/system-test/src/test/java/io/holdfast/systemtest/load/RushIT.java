package io.holdfast.systemtest.load;

import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Many want what few can have. It comes when the platform is warm. */
@OnThePlatform
@Order(35)
class RushIT {

    @Test
    void exactlyAsManyOrdersArePaidAsThereArePieces(Platform platform, Databases databases)
            throws InterruptedException {
        new Rush(platform, databases).run("READ COMMITTED");
    }
}
