package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessCpuTimeTest {

    private static final String TIMES = " S 1 4711 4711 0 -1 4194560 1 2 3 4 1250 250 9 9 20 0 60 0 1234 5 6";

    @Test
    void isFoundBehindANameWithBlanksAndBrackets() {
        assertThat(ProcessCpuTime.secondsIn("4711 (a (java) b)" + TIMES)).isEqualTo(15.0);
    }

    @Test
    void compilersAreKnownByTheNameThatTheKernelCuts() {
        assertThat(ProcessCpuTime.isCompiler("4711 (C2 CompilerThre)" + TIMES)).isTrue();
        assertThat(ProcessCpuTime.isCompiler("4711 (C1 CompilerThre)" + TIMES)).isTrue();
        assertThat(ProcessCpuTime.isCompiler("4711 (http-nio-8081-e)" + TIMES)).isFalse();
    }

    @Test
    void thisJvmHasCompiledSomething() {
        ProcessCpuTime own =
                ProcessCpuTime.of(Map.of("self", ProcessHandle.current().pid()));

        assertThat(own.seconds().get("self")).isPositive();
        assertThat(own.ofCompilers()).isPositive().isLessThanOrEqualTo(own.all());
    }

    @Test
    void aProcessThatIsGoneIsNamed() {
        assertThatThrownBy(() -> ProcessCpuTime.of(Map.of("stock-svc", Long.MAX_VALUE)))
                .hasMessage("stock-svc is gone");
    }

    @Test
    void whatWasUsedIsADifferenceAndAProcessThatIsNewBeganAtNothing() {
        ProcessCpuTime used =
                new ProcessCpuTime(Map.of("a", 12.0, "new", 3.0), 4).since(new ProcessCpuTime(Map.of("a", 5.0), 1.5));

        assertThat(used.seconds()).isEqualTo(Map.of("a", 7.0, "new", 3.0));
        assertThat(used.all()).isEqualTo(10);
        assertThat(used.compilersShare()).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void aCompilerThatTheJvmHasEndedTakesNothingFromTheOthers() {
        assertThat(new ProcessCpuTime(Map.of("a", 12.0), 1)
                        .since(new ProcessCpuTime(Map.of("a", 5.0), 9))
                        .compilersShare())
                .isZero();
        assertThat(new ProcessCpuTime(Map.of(), 0).compilersShare()).isZero();
    }
}
