package io.holdfast.edge.body;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.context.annotation.Import;

/** The same limits on the management port, where it is a port of its own. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Import({BodyLimitConfiguration.class, BodyEndpointConfiguration.class})
class BodyManagementConfiguration {}
