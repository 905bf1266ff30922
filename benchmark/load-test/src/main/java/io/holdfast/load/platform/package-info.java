/** The platform that runs: how to call it, how to prepare it for a crowd, and the truth in its databases. */
@NullMarked
package io.holdfast.load.platform;

import org.jspecify.annotations.NullMarked;
