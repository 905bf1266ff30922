/** The programs that the parts run: verified artefacts, unpacked jars, class archives and command lines. */
package io.holdfast.localplatform.program;
