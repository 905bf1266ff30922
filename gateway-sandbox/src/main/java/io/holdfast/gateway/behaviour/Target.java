package io.holdfast.gateway.behaviour;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The calls that a rule is about. */
enum Target {
    AUTHORIZE,
    CAPTURE,
    VOID,
    REFUND,
    /** A look at one charge or several. */
    QUERY,
    ANY;

    private static final Pattern STEP = Pattern.compile("/charges/[^/]+/(capture|void|refund)");
    private static final Pattern LOOK = Pattern.compile("/charges|/charges/[^/]+");

    /** What a request calls; empty if it is none that the gateway misbehaves at. */
    static Optional<Target> of(String method, String path) {
        if (method.equals("POST")) {
            if (path.equals("/charges")) {
                return Optional.of(AUTHORIZE);
            }
            Matcher step = STEP.matcher(path);
            return step.matches()
                    ? Optional.of(
                            switch (step.group(1)) {
                                case "capture" -> CAPTURE;
                                case "void" -> VOID;
                                default -> REFUND;
                            })
                    : Optional.empty();
        }
        boolean looks = (method.equals("GET") || method.equals("HEAD"))
                && LOOK.matcher(path).matches();
        return looks ? Optional.of(QUERY) : Optional.empty();
    }
}
