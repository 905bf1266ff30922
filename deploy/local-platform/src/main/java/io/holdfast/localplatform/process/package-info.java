/** Processes of the operating system, and what a part reports when it fails. */
package io.holdfast.localplatform.process;
