/**
 * Properties that change while a service runs ({@link io.holdfast.properties.LiveProperties}), and properties that were renamed.
 *
 * <p>A jar lists the properties it renamed in {@code META-INF/holdfast/renamed.properties}, one per line:
 *
 * <pre>{@code
 * holdfast.order.twin.most-waiting=holdfast.order.duplicates.max-waiting
 * holdfast.tcc.phase-two.*=holdfast.tcc.retry.*
 * }</pre>
 *
 * <p>A value under the old name then counts as if it stood under the new one in the same property source, so the order of the sources
 * keeps its meaning, also for sources that are added later or change while the service runs. If one source has both names, the new one
 * wins. Each old name in use is logged once as a warning. A trailing {@code .*} renames everything below a prefix; the most specific
 * line wins.
 */
@NullMarked
package io.holdfast.properties;

import org.jspecify.annotations.NullMarked;
