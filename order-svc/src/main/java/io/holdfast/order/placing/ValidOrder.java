package io.holdfast.order.placing;

import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Purchase;
import java.util.Optional;

/**
 * What a valid request asks for, and what only has to be handed on to carry it out.
 *
 * @param card if, and only if, it is paid by card
 */
public record ValidOrder(Purchase purchase, Optional<CardToken> card) {}
