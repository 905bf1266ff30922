package io.holdfast.gateway.behaviour;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request calls.
 *
 * @param operation never {@link Target#ANY}
 * @param charge the id of the charge that the path names; null if it names none
 */
record Call(Target operation, @Nullable String charge) {

    private static final Pattern STEP = Pattern.compile("/charges/([^/]+)/(capture|void|refund)");
    private static final Pattern LOOK = Pattern.compile("/charges|/charges/([^/]+)");

    /** @return empty if it is no call that the gateway misbehaves at */
    static Optional<Call> of(String method, String path) {
        if (method.equals("POST")) {
            if (path.equals("/charges")) {
                return Optional.of(new Call(Target.AUTHORIZE, null));
            }
            Matcher step = STEP.matcher(path);
            return step.matches() ? Optional.of(new Call(operation(step.group(2)), step.group(1))) : Optional.empty();
        }
        Matcher look = LOOK.matcher(path);
        boolean looks = (method.equals("GET") || method.equals("HEAD")) && look.matches();
        return looks ? Optional.of(new Call(Target.QUERY, look.group(1))) : Optional.empty();
    }

    private static Target operation(String step) {
        return switch (step) {
            case "capture" -> Target.CAPTURE;
            case "void" -> Target.VOID;
            default -> Target.REFUND;
        };
    }
}
