package io.holdfast.edge.problem;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.TransientDataAccessException;
import tools.jackson.databind.json.JsonMapper;

/** Answers every error as a problem (RFC 9457), wherever it comes from. */
@AutoConfiguration(after = JacksonAutoConfiguration.class, before = ErrorMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Import(ProblemValveConfiguration.class)
class ProblemAutoConfiguration {

    @Bean
    ProblemWriter problemWriter(JsonMapper json) {
        return new ProblemWriter(json);
    }

    @Bean
    ProblemExceptionHandler problemExceptionHandler() {
        return new ProblemExceptionHandler();
    }

    @Bean
    ProblemCompletion problemCompletion() {
        return new ProblemCompletion();
    }

    @Bean
    @ConditionalOnMissingBean(ErrorController.class)
    ProblemErrorController problemErrorController(ProblemWriter problems) {
        return new ProblemErrorController(problems);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(InvalidParameterException.class)
    static class OnTomcat {

        @Bean
        InvalidParametersHandler invalidParametersHandler() {
            return new InvalidParametersHandler();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransientDataAccessException.class)
    static class WithDatabase {

        @Bean
        DatabaseExceptionHandler databaseExceptionHandler() {
            return new DatabaseExceptionHandler();
        }
    }
}
