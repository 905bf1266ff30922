package io.holdfast.gateway.behaviour;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The rules in force. They live in memory only: a restarted gateway behaves well until new rules are set.
 */
class Behaviour {

    private final RandomGenerator random;
    private List<Active> rules = List.of();

    Behaviour(RandomGenerator random) {
        this.random = random;
    }

    synchronized void replaceBy(List<Rule> wanted) {
        rules = wanted.stream().map(Active::new).toList();
    }

    /** The rule for a call that is being made now: of those that cover it the first that meets it. It counts as applied. */
    synchronized Optional<Rule> ruleFor(Call call) {
        for (Active active : rules) {
            if (active.rule.covers(call) && active.meets(random)) {
                active.applied++;
                return Optional.of(active.rule);
            }
        }
        return Optional.empty();
    }

    synchronized List<InForce> inForce() {
        return rules.stream()
                .map(active -> new InForce(active.rule, active.applied))
                .toList();
    }

    /** @param applied how many calls it has met so far */
    record InForce(Rule rule, long applied) {}

    private static final class Active {

        private final Rule rule;
        private long applied;

        private Active(Rule rule) {
            this.rule = rule;
        }

        private boolean meets(RandomGenerator random) {
            return rule.times() != null ? applied < rule.times() : random.nextDouble() < rate();
        }

        private double rate() {
            Double rate = rule.rate();
            return rate == null ? 0 : rate;
        }
    }
}
