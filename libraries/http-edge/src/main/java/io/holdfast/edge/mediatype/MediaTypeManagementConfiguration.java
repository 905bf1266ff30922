package io.holdfast.edge.mediatype;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.context.annotation.Import;

/** No encoded bodies on the management port either. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Import(EncodedBodyEndpointConfiguration.class)
class MediaTypeManagementConfiguration {}
