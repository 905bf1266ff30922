/** Output on the console. */
package io.holdfast.localplatform.console;
