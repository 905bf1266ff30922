package io.holdfast.payment.card;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.payment.model.CardToken;
import io.holdfast.payment.model.OrderId;
import io.holdfast.tcc.TryRefusedException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Map;
import org.apache.seata.core.context.RootContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Internal")
class AuthorizationResource {

    private final Authorizations authorizations;

    AuthorizationResource(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    @Operation(
            summary = "Holds the amount of an open card payment on the card",
            description =
                    "A plain call in the global transaction of the header TX_XID, after its Tries and before its commit; it is no"
                            + " branch. 402 `payment-declined` names the gateway's reason in `declineCode`. 503"
                            + " `payment-unknown`: the gateway did not say in time, so the transaction has to be rolled back; what"
                            + " may be held is then released. 409 `payment-not-open`: there is no such payment in this transaction,"
                            + " or it has ended. The same request again gets the same answer and makes no second charge.")
    @PostMapping("/internal/payments/authorizations")
    AuthorizedBody authorize(@Valid @RequestBody AuthorizeRequest request) {
        String xid = RootContext.getXID();
        if (xid == null) {
            throw new TryRefusedException.NoGlobalTransaction("payment.authorize");
        }
        return authorizations
                .authorize(xid, new OrderId(request.orderId()), new CardToken(request.token()))
                .fold(
                        authorized -> new AuthorizedBody(request.orderId(), authorized.gatewayId()),
                        declined -> {
                            throw declined(request.orderId(), declined.code());
                        },
                        unknown -> {
                            throw new ProblemException(
                                    HttpStatus.SERVICE_UNAVAILABLE,
                                    "payment-unknown",
                                    "The card gateway did not say in time whether it authorizes.");
                        },
                        notOpen -> {
                            throw new ProblemException(
                                    HttpStatus.CONFLICT,
                                    "payment-not-open",
                                    "The order has no open payment by card in this global transaction.");
                        },
                        otherCard -> {
                            throw new ProblemException(
                                    HttpStatus.CONFLICT,
                                    "payment-busy",
                                    "The payment is being authorized with another card.");
                        });
    }

    private static ProblemException declined(String orderId, String code) {
        String detail = "The card was declined: " + code + ".";
        return new ProblemException(
                HttpStatus.PAYMENT_REQUIRED,
                "payment-declined",
                detail,
                Map.of(
                        "declineCode",
                        code,
                        "refusals",
                        List.of(Map.of("orderId", orderId, "code", "payment-declined", "detail", detail))));
    }

    record AuthorizeRequest(
            @NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id")
            String orderId,

            @NotNull @Pattern(regexp = CardToken.FORM, message = "is not a card token")
            String token) {

        /** Without the token: what frameworks log of a request is not ours to decide. */
        @Override
        public String toString() {
            return "authorize order " + orderId;
        }
    }

    record AuthorizedBody(String orderId, String gatewayId) {}
}
