/** Demonstrations on the running platform: three orders, and a Confirm that keeps failing. */
package io.holdfast.localplatform.demo;
