/** The parts of the platform, each a process of its own: how it is started, watched and stopped. */
package io.holdfast.localplatform.part;
