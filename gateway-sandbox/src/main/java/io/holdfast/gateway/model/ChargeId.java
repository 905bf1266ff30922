package io.holdfast.gateway.model;

import java.util.regex.Pattern;

/** The gateway's name for a charge. */
public record ChargeId(String value) {

    public static final String FORM = "ch_[A-Za-z0-9]{1,37}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public ChargeId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a charge id is ch_ and 1 to 37 letters and digits");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
