package io.holdfast.load.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls the services. A caller's own thread reads and writes the connection: on a machine that the platform runs on too, every
 * hand-over between threads would be taken from what is measured.
 */
public final class Calls implements AutoCloseable {

    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final CloseableHttpClient client;

    /** @param connections at once; each caller needs one */
    public Calls(int connections) {
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.ofSeconds(5))
                                .setSocketTimeout(Timeout.ofSeconds(30))
                                // Shorter than a service keeps a connection that is not used (30 s).
                                .setTimeToLive(20, TimeUnit.SECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofSeconds(30))
                        .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    /** @param token that proves who calls */
    public Answer get(String url, String token) throws IOException {
        return send(new HttpGet(URI.create(url)), token);
    }

    /**
     * @param token that proves who calls
     * @param key the Idempotency-Key
     * @param json the body
     */
    public Answer post(String url, String token, String key, String json) throws IOException {
        HttpPost request = new HttpPost(URI.create(url));
        request.setHeader("Idempotency-Key", key);
        request.setHeader("X-Reason", "load test");
        request.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
        return send(request, token);
    }

    private Answer send(HttpUriRequestBase request, String token) throws IOException {
        request.setHeader("Authorization", "Bearer " + token);
        String what = request.getMethod() + " " + request.getRequestUri();
        return client.execute(request, response -> {
            String body =
                    response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity(), MAX_ANSWER_BYTES);
            return new Answer(what, response.getCode(), body == null ? "" : body);
        });
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
