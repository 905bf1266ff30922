package io.holdfast.tcc.autoconfigure.startup;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells people at the start what is wrong and what to do, instead of a stack trace. */
final class FlawedSetupFailureAnalyzer extends AbstractFailureAnalyzer<FlawedSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlawedSetupException cause) {
        return new FailureAnalysis(
                cause.flaws().stream()
                        .map(flaw -> "- " + flaw.where() + ": " + flaw.what() + ".")
                        .collect(Collectors.joining("\n", "What is declared for TCC cannot work:\n\n", "")),
                cause.flaws().stream()
                        .map(flaw -> "- " + flaw.where() + ": " + flaw.mend() + ".")
                        .collect(Collectors.joining("\n")),
                cause);
    }
}
