package io.holdfast.edge.openapi;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Springdoc's beans are made when somebody asks for the API's description, and not by every start, which few ever do. */
final class LazySpringdoc implements BeanFactoryPostProcessor {

    private static final String SPRINGDOC = "org/springdoc/";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getBeanDefinition(name);
            String from = definition.getResourceDescription();
            if (from != null && from.contains(SPRINGDOC)) {
                definition.setLazyInit(true);
            }
        }
    }
}
