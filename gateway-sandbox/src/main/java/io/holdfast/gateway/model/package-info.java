/** What a charge is and may become. It knows no technology. */
@NullMarked
package io.holdfast.gateway.model;

import org.jspecify.annotations.NullMarked;
