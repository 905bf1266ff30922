/** The whole platform: checks the machine, then starts and stops all parts in order. */
package io.holdfast.localplatform.stack;
