package io.holdfast.gateway.behaviour;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/behaviour")
@Tag(name = "Behaviour")
class BehaviourResource {

    private static final int MAX_RULES = 32;

    private final Behaviour behaviour;
    private final HeldCalls heldCalls;

    BehaviourResource(Behaviour behaviour, HeldCalls heldCalls) {
        this.behaviour = behaviour;
        this.heldCalls = heldCalls;
    }

    @Operation(
            summary = "How to misbehave from now on, in place of what was said before",
            description =
                    "At each call to /charges the first rule that covers it and meets it is applied. A rule with a charge covers "
                            + "only calls whose path names the id of that charge. Rules are forgotten when the gateway is "
                            + "started again.")
    @PutMapping
    BehaviourBody replace(@Valid @RequestBody BehaviourRequest wanted) {
        behaviour.replaceBy(wanted.rules());
        return current();
    }

    @Operation(summary = "The rules in force and how often each was applied")
    @GetMapping
    BehaviourBody current() {
        return new BehaviourBody(behaviour.inForce().stream().map(RuleBody::of).toList(), heldCalls.count());
    }

    @Operation(summary = "Back to normal; calls that are held back end at once, each as it would have ended")
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void forget() {
        behaviour.replaceBy(List.of());
        heldCalls.letGo();
    }

    record BehaviourRequest(@NotNull @Size(max = MAX_RULES) List<@NotNull Rule> rules) {}

    /** @param held calls that are held back at this moment */
    record BehaviourBody(List<RuleBody> rules, int held) {}

    /** @param applied how many calls the rule has met; a rule with {@code times} is spent when it has met that many */
    record RuleBody(
            Target operation,
            Kind kind,
            @Nullable Integer delayMillis,
            @Nullable Integer status,
            @Nullable Double rate,
            @Nullable Integer times,
            @Nullable String charge,
            long applied) {

        static RuleBody of(Behaviour.InForce inForce) {
            Rule rule = inForce.rule();
            return new RuleBody(
                    rule.operation(),
                    rule.kind(),
                    rule.delayMillis(),
                    rule.status(),
                    rule.rate(),
                    rule.times(),
                    rule.charge(),
                    inForce.applied());
        }
    }
}
