package io.holdfast.localplatform.nacos;

import com.alibaba.nacos.NacosServerBasicApplication;
import com.alibaba.nacos.NacosServerWebApplication;
import com.alibaba.nacos.console.NacosConsole;
import com.alibaba.nacos.core.listener.startup.NacosStartUp;
import com.alibaba.nacos.core.listener.startup.NacosStartUpManager;
import com.alibaba.nacos.sys.env.DeploymentType;
import com.alibaba.nacos.sys.env.EnvUtil;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts Nacos and its console in one process. Nacos' own bootstrap is not published as an artefact; this takes its place. */
public final class NacosServer {

    private NacosServer() {}

    public static void main(String[] args) {
        try {
            EnvUtil.setDeploymentType(DeploymentType.MERGED);
            NacosStartUpManager.start(NacosStartUp.CORE_START_UP_PHASE);
            ConfigurableApplicationContext core = new SpringApplicationBuilder(NacosServerBasicApplication.class)
                    .web(WebApplicationType.NONE)
                    .run(args);
            NacosStartUpManager.start(NacosStartUp.WEB_START_UP_PHASE);
            child(core, args, NacosServerWebApplication.class, AdministratorOnly.class);
            NacosStartUpManager.start(NacosStartUp.CONSOLE_START_UP_PHASE);
            child(core, args, NacosConsole.class, AdministratorOnly.class, ConsoleRequests.class);
        } catch (Throwable failure) {
            // Nacos leaves non-daemon threads behind: without an exit the process would hang, half started.
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void child(ConfigurableApplicationContext core, String[] args, Class<?>... sources) {
        new SpringApplicationBuilder(sources).parent(core).run(args);
    }
}
