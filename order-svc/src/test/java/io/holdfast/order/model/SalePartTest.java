package io.holdfast.order.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalePartTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "8000, 1", "8001, 2", "16000, 2", "64000, 8", "1000000, 128"})
    void aSaleHasAsManyPartsAsItsQuotaNeeds(int quota, int parts) {
        assertThat(SalePart.allOf(terms(quota))).hasSize(parts).allMatch(part -> part.of() == parts);
    }

    @ParameterizedTest
    @CsvSource({"1", "8001", "64000", "1000000"})
    void thePartsOfASaleAreTheFinestOnesWithoutGapOrOverlap(int quota) {
        assertThat(SalePart.allOf(terms(quota)).stream()
                        .flatMapToInt(part -> IntStream.rangeClosed(part.first(), part.last())))
                .containsExactlyElementsOf(
                        IntStream.range(0, SalePart.FINEST).boxed().toList());
    }

    @Test
    void buyersAreDealtOutEvenly() {
        Map<Integer, Long> counts = IntStream.range(0, 10_000)
                .mapToObj(i -> SalePart.of(terms(64_000), "buyer-" + i).number())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        assertThat(counts).hasSize(8);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1_000L, 1_500L));
    }

    @Test
    void aPartThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> new SalePart(2, 2)).hasMessage("There is no part 2 of 2");
        assertThatThrownBy(() -> new SalePart(0, 3)).hasMessage("There is no part 0 of 3");
        assertThatThrownBy(() -> new SalePart(0, 256)).hasMessage("There is no part 0 of 256");
    }

    private static SaleTerms terms(int quota) {
        Instant opens = Instant.parse("2026-11-27T12:00:00Z");
        return new SaleTerms(new Sku("sku-1"), quota, new Money(1_000, "EUR"), 1, opens, opens.plusSeconds(60));
    }
}
