package io.holdfast.edge.mediatype;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/**
 * What a caller is able to read: RFC 9110, section 12.5.1. The framework's own check takes {@code q=0}, by which a type is ruled out,
 * for a type that is asked for.
 */
record AcceptHeader(List<MediaType> ranges) {

    private static final Comparator<MediaType> BY_PRECISION =
            Comparator.comparingInt(AcceptHeader::precision).thenComparingDouble(MediaType::getQualityValue);

    /** @throws HttpMediaTypeNotAcceptableException if it cannot be understood */
    static AcceptHeader of(HttpServletRequest request) throws HttpMediaTypeNotAcceptableException {
        try {
            return new AcceptHeader(
                    MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
        } catch (InvalidMediaTypeException e) {
            throw new HttpMediaTypeNotAcceptableException("No list of media types: Accept");
        }
    }

    /** Whoever says nothing takes anything; otherwise the most precise range that the type is in decides. */
    boolean accepts(MediaType type) {
        return ranges.isEmpty()
                || ranges.stream()
                        .filter(range -> covers(range, type))
                        .max(BY_PRECISION)
                        .filter(range -> range.getQualityValue() > 0)
                        .isPresent();
    }

    private static boolean covers(MediaType range, MediaType type) {
        return range.equalsTypeAndSubtype(type)
                || range.isWildcardType()
                || range.getSubtype().equals("*") && range.getType().equals(type.getType());
    }

    private static int precision(MediaType range) {
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
    }
}
