/** Load on the platform that runs: the command line behind deploy/seckill and deploy/bench. */
@NullMarked
package io.holdfast.load;

import org.jspecify.annotations.NullMarked;
