package io.holdfast.tcc.retry;

import java.util.concurrent.CountDownLatch;

/** A place where a thread stays from when it gets there until it is released. */
final class Pause {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    void stay() {
        reached.countDown();
        FenceCases.await(released);
    }

    void awaitReached() {
        FenceCases.await(reached);
    }

    void release() {
        released.countDown();
    }
}
