package io.holdfast.systemtest.platform;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that needs the real platform. It is started once for all of them and stopped after the last; the {@link Platform}
 * comes as a constructor's or method's parameter. After every test all faults are healed, every order has to come to its end, and
 * the invariants are asserted from the databases.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PlatformExtension.class)
public @interface OnThePlatform {}
