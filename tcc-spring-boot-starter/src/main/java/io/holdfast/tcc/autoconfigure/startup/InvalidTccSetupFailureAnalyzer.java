package io.holdfast.tcc.autoconfigure.startup;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells people at the start what is wrong and what to do, instead of a stack trace. */
final class InvalidTccSetupFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTccSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidTccSetupException cause) {
        return new FailureAnalysis(
                cause.errors().stream()
                        .map(error -> "- " + error.where() + ": " + error.what() + ".")
                        .collect(Collectors.joining("\n", "What is declared for TCC cannot work:\n\n", "")),
                cause.errors().stream()
                        .map(error -> "- " + error.where() + ": " + error.remedy() + ".")
                        .collect(Collectors.joining("\n")),
                cause);
    }
}
