/** Rules of structure that more than one module's tests apply. */
package io.holdfast.structure;
