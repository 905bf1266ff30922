package io.holdfast.order;

import io.holdfast.edge.ProblemException;
import io.holdfast.edge.access.Bearer;
import io.holdfast.order.model.BuyerId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Ping")
class PingResource {

    @GetMapping("/ping")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Do nothing",
            description =
                    "Tells a program whether its token is good here. What it costs is what every request costs, whatever it is"
                            + " about.")
    @ApiResponse(responseCode = "204", description = "The token is good")
    void ping() {
        Bearer bearer = Bearer.current();
        if (!bearer.operator() && !BuyerId.isWellFormed(bearer.subject())) {
            throw new ProblemException(HttpStatus.FORBIDDEN, "forbidden", "The token's subject is no buyer id.");
        }
    }
}
