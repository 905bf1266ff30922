package io.holdfast.edge;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.edge.security.AccessAutoConfiguration;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.util.List;
import java.util.Map;
import org.slf4j.MDC;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A service as small as can be, which the edge stands in front of. Who may call it is another matter, and tested elsewhere. */
@SpringBootConfiguration
@EnableAutoConfiguration(
        exclude = {
            AccessAutoConfiguration.class,
            ManagementWebSecurityAutoConfiguration.class,
            SecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class,
            ServletWebSecurityAutoConfiguration.class
        })
@Import(EdgeTestApplication.Parcels.class)
class EdgeTestApplication {

    @Bean
    FilterRegistrationBean<Filter> failingFilter() {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
            throw new IllegalStateException("select secret from vault");
        });
        registration.addUrlPatterns("/fails-in-a-filter");
        return registration;
    }

    @Bean
    FilterRegistrationBean<Filter> refusingFilter() {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
                (request, response, chain) -> ((HttpServletResponse) response).setStatus(403));
        registration.addUrlPatterns("/refused-in-a-filter");
        return registration;
    }

    enum Speed {
        SLOW,
        FAST
    }

    public record Name(String value) {
        public Name {
            if (value.length() > 8) {
                throw new IllegalArgumentException("has 8 characters at most");
            }
        }
    }

    record Item(
            @NotBlank String sku,
            @NotNull @Positive @Max(1000) Integer quantity,
            int weight) {}

    record Parcel(@NotNull Speed speed, @NotEmpty List<@Valid @NotNull Item> items) {}

    @RestController
    static class Parcels {

        @PostMapping("/parcels")
        Map<String, Object> post(
                @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key, @Valid @RequestBody Parcel parcel) {
            return Map.of(
                    "key", key.value(), "items", parcel.items().size(), "trace", String.valueOf(MDC.get("traceId")));
        }

        @PostMapping("/internal/parcels")
        Map<String, Object> postInternally(@Valid @RequestBody Parcel parcel) {
            return Map.of("items", parcel.items().size());
        }

        @GetMapping("/parcels/{name}")
        Map<String, Object> get(@PathVariable Name name, @RequestParam(defaultValue = "1") @Positive int page) {
            return Map.of("name", name.value(), "page", page);
        }

        @GetMapping("/needs-a-parameter")
        String needsAParameter(@RequestParam Speed speed) {
            return speed.name();
        }

        @GetMapping("/catalogue")
        @ApiResponse(responseCode = "200", description = "All of it")
        @ApiResponse(responseCode = "409", description = "`being-printed`")
        Map<String, String> catalogue() {
            return Map.of("text", "z".repeat(20_000));
        }

        @GetMapping("/gone")
        void gone() {
            throw new RuntimeException(
                    new ProblemException(HttpStatus.GONE, "parcel-gone", "It has left.", Map.of("since", 3)));
        }

        @GetMapping("/too-busy")
        void tooBusy() {
            throw new CannotAcquireLockException("update stock set secret = 1");
        }

        @GetMapping("/fails")
        void fails() {
            throw new IllegalStateException("insert into parcel failed: com.example.Secret");
        }
    }
}
