/** What one platform keeps in its run folder: secrets, keys, ports and the list of its parts. */
package io.holdfast.localplatform.runfolder;
