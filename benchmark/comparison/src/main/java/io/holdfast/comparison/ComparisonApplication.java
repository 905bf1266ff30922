package io.holdfast.comparison;

import io.holdfast.edge.audit.AuditAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * One order of one piece, placed in three other ways. Started with the profile {@value #ORDER}, {@value #STOCK} or {@value #PAYMENT}.
 * The benchmark starts and stops it; nothing else does, and no operator does anything with it that an audit would keep.
 */
@SpringBootApplication(exclude = AuditAutoConfiguration.class)
public class ComparisonApplication {

    public static final String ORDER = "order";
    public static final String STOCK = "stock";
    public static final String PAYMENT = "payment";

    public static void main(String[] args) {
        SpringApplication.run(ComparisonApplication.class, args);
    }
}
