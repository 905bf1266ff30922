package io.holdfast.gateway.behaviour;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Gives each request the means to hang up: servlets know no connections, only the server below them does. */
final class HangupValve extends ValveBase {

    HangupValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Hangup hangup = () -> response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
        hangup.keepIn(request);
        getNext().invoke(request, response);
    }
}
