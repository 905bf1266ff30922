package io.holdfast.background;

/**
 * A task that ends well however its work ends. What repeats tasks would otherwise drop one that throws, without a word: {@link
 * java.util.concurrent.ScheduledThreadPoolExecutor} does.
 *
 * <p>What the work itself expects, such as a database that is away, it catches itself; here comes what nobody foresaw, errors of the
 * JVM included.
 */
public final class ResilientTask implements Runnable {

    private final String name;
    private final Runnable work;

    /** @param name as {@link BackgroundFailure#alarm} takes it */
    public ResilientTask(String name, Runnable work) {
        this.name = name;
        this.work = work;
    }

    @Override
    public void run() {
        try {
            work.run();
        } catch (Throwable failure) {
            BackgroundFailure.alarm(name, failure);
        }
    }
}
