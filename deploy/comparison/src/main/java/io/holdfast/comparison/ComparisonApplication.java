package io.holdfast.comparison;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * One order of one piece, placed in three other ways. Started with the profile {@value #ORDER}, {@value #STOCK} or {@value #PAYMENT}.
 * The benchmark starts and stops it; nothing else does.
 */
@SpringBootApplication
public class ComparisonApplication {

    public static final String ORDER = "order";
    public static final String STOCK = "stock";
    public static final String PAYMENT = "payment";

    public static void main(String[] args) {
        SpringApplication.run(ComparisonApplication.class, args);
    }
}
