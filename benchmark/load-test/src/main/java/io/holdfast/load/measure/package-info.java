/** What is measured, and how it is put together. */
@NullMarked
package io.holdfast.load.measure;

import org.jspecify.annotations.NullMarked;
