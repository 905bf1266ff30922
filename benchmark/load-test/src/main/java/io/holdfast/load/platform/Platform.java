package io.holdfast.load.platform;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The platform that {@code deploy/up} started.
 *
 * @param stack its parts
 * @param checkout that it was started from
 */
public record Platform(Stack stack, Path checkout) {

    private static final Duration TOKEN_LIFETIME = Duration.ofHours(6);

    /** @throws IllegalStateException if nothing was started there */
    public static Platform in(Path checkout, Path runFolder) {
        return in(checkout, runFolder, false);
    }

    /** @param shortLived whether processes that are started beside it use C1 alone, as those of tests do */
    static Platform in(Path checkout, Path runFolder, boolean shortLived) {
        // Opening a stack makes what it does not find; a folder that was never used is to stay so.
        if (!Files.exists(runFolder.resolve("stack.json"))) {
            throw new IllegalStateException(
                    "the platform does not run: nothing was started in " + runFolder + " (deploy/up does)");
        }
        Stack stack = Stack.in(checkout).runFolder(runFolder).open();
        int offset = stack.stackFile().entries().stream()
                .map(StackFile.Entry::portOffset)
                .findFirst()
                .orElse(0);
        Stack.Builder found = Stack.in(checkout).runFolder(runFolder).portOffset(offset);
        return new Platform((shortLived ? found.shortLived() : found).open(), checkout);
    }

    void requireReady() throws InterruptedException {
        for (Part part : stack.parts()) {
            Part.State state = part.state();
            if (state != Part.State.READY) {
                throw new IllegalStateException("the platform in " + stack.runFolder() + " does not run: " + part.name()
                        + " is " + state.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " (deploy/up starts it, deploy/status shows all parts)");
            }
        }
    }

    public String ordersUrl() {
        return stack.order().url() + "/orders";
    }

    public String salesUrl() {
        return stack.order().url() + "/sales";
    }

    /** PlatformOptions a crowd orders in a sale. */
    public String saleOrdersUrl(String saleId) {
        return salesUrl() + "/" + saleId + "/orders";
    }

    public String operatorToken() {
        return stack.tokens().operator("load-test", TOKEN_LIFETIME);
    }

    /** One for each; signing takes about a millisecond, so all processors help. */
    public List<String> buyerTokens(List<String> buyers) {
        return buyers.parallelStream()
                .map(buyer -> stack.tokens().buyer(buyer, TOKEN_LIFETIME))
                .toList();
    }

    /** Names of buyers that nobody else has. */
    public static List<String> buyers(String prefix, int many) {
        return IntStream.range(0, many)
                .mapToObj(i -> "%s%06d".formatted(prefix, i))
                .toList();
    }
}
