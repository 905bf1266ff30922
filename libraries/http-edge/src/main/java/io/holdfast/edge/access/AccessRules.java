package io.holdfast.edge.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which role may call which endpoint of a service. What is named nowhere is refused, so that a new endpoint cannot be open by
 * oversight.
 */
public final class AccessRules {

    private final List<Rule> rules = new ArrayList<>();
    private final List<PathPattern> withoutPersonalData = new ArrayList<>();

    /**
     * Lets the given roles call the method on paths of the pattern ({@code /orders/{id}}); who may GET may HEAD. The first rule that fits
     * counts.
     */
    public AccessRules allow(HttpMethod method, String pattern, Role... roles) {
        rules.add(new Rule(method, pattern, List.of(roles)));
        return this;
    }

    /** What is read there is nobody's own: that an operator reads it is not audited. All other reads of operators are. */
    public AccessRules withoutPersonalData(String... patterns) {
        for (String pattern : patterns) {
            withoutPersonalData.add(PathPatternParser.defaultInstance.parse(pattern));
        }
        return this;
    }

    /** Whether what is read there by operators is audited. */
    public boolean readsPersonalData(HttpServletRequest request) {
        PathContainer path = PathContainer.parsePath(request.getRequestURI());
        return withoutPersonalData.stream().noneMatch(pattern -> pattern.matches(path))
                && rules.stream()
                        .filter(rule -> rule.method().equals(HttpMethod.GET)
                                && rule.roles().contains(Role.OPERATOR))
                        .anyMatch(rule -> PathPatternParser.defaultInstance
                                .parse(rule.pattern)
                                .matches(path));
    }

    public List<Rule> rules() {
        return List.copyOf(rules);
    }

    /** The methods that somebody may call on this path; none if the path is named nowhere. */
    public Set<HttpMethod> methodsAt(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        return rules.stream()
                .filter(rule ->
                        PathPatternParser.defaultInstance.parse(rule.pattern).matches(parsed))
                .flatMap(rule -> rule.methods().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    public record Rule(HttpMethod method, String pattern, List<Role> roles) {

        public List<HttpMethod> methods() {
            return HttpMethod.GET.equals(method) ? List.of(method, HttpMethod.HEAD) : List.of(method);
        }

        public String[] authorities() {
            return roles.stream().map(Role::authority).toArray(String[]::new);
        }
    }
}
