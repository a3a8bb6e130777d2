package notion

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadlake"
)

// apiError is an attempt that brought no answer that can be used.
type apiError struct {
	status     int // 0: no answer came
	code       string
	message    string // Notion's own; it speaks of our request, which holds no personal data
	reason     string // of a rate limit
	requestID  string
	retryAfter time.Duration // 0: not said
	html       bool          // a page for people, from the edge in front of Notion or a proxy
	garbled    bool          // 200, and not the JSON it should be
	oversized  bool
	timeout    bool
	cause      error
}

// Error describes the attempt for logs.
func (e *apiError) Error() string {
	var what string
	switch {
	case e.cause != nil:
		return e.cause.Error()
	case e.html:
		what = "an HTML page"
	case e.oversized:
		what = "an oversized answer"
	default:
		what = known(e.code) + e.named()
	}
	if e.requestID != "" {
		what += " (request " + e.requestID + ")"
	}
	return fmt.Sprintf("HTTP %d, %s", e.status, what)
}

// Unwrap returns what went wrong below HTTP.
func (e *apiError) Unwrap() error { return e.cause }

// named returns the parts of a request that Notion's message is about, such as
// ": body.in_trash". The message as a whole may quote anything.
func (e *apiError) named() string {
	parts := regexp.MustCompile(`\b(?:body|path|query)(?:\.[a-z_]+)+`).FindAllString(e.message, 3)
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(slices.Compact(parts), ", ")
}

// known returns a code as it is safe to say: words.
func known(code string) string {
	if code == "" || len(code) > 60 || strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		return "no code"
	}
	return code
}

// unreachable describes a failure of the network, without the address.
func unreachable(err error) *apiError {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	timeout, ok := errors.AsType[net.Error](err)
	return &apiError{cause: err, timeout: ok && timeout.Timeout()}
}

// refusal reads an answer other than 200.
func (c *client) refusal(resp *http.Response, body []byte) *apiError {
	var told struct {
		Code       string `json:"code"`
		Message    string `json:"message"`
		RequestID  string `json:"request_id"`
		Additional struct {
			Reason     any `json:"rate_limit_reason"`
			RetryAfter any `json:"retry_after"`
		} `json:"additional_data"`
	}
	e := &apiError{status: resp.StatusCode, requestID: resp.Header.Get("X-Notion-Request-Id")}
	if json.Unmarshal(body, &told) != nil || told.Code == "" {
		e.html = true
	}
	e.code, e.message = told.Code, strings.ReplaceAll(told.Message, c.token, "[redacted]")
	if e.requestID == "" {
		e.requestID = told.RequestID
	}
	e.reason, _ = told.Additional.Reason.(string)
	e.retryAfter = c.parseRetryAfter(resp.Header.Get("Retry-After"))
	if seconds, ok := told.Additional.RetryAfter.(string); ok && e.retryAfter == 0 {
		e.retryAfter = c.parseRetryAfter(seconds)
	}
	return e
}

// parseRetryAfter reads seconds or a date; 0 where it says nothing. There is no
// limit to what Notion may ask for; a year stands for what a Duration cannot hold.
func (c *client) parseRetryAfter(s string) time.Duration {
	if seconds, err := strconv.ParseFloat(s, 64); err == nil {
		if seconds <= 0 || math.IsNaN(seconds) {
			return 0
		}
		return time.Duration(min(seconds, float64(365*24*time.Hour/time.Second)) * float64(time.Second))
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(c.clock()))
	}
	return 0
}

// limited reports whether Notion asks for less traffic.
func (e *apiError) limited() bool { return e.status == http.StatusTooManyRequests || e.status == 529 }

// struggle reports whether a smaller question may be answered.
func (e *apiError) struggle() bool {
	return e.status == http.StatusServiceUnavailable || e.status == http.StatusGatewayTimeout || e.timeout || e.oversized
}

// policy returns how many attempts are worth making and the first pause
// between them. heard says whether Notion has ever answered.
func (e *apiError) policy(heard bool) (attempts int, delay time.Duration) {
	switch {
	case e.reason == "public_api_request_blocked":
		return 1, 0
	case e.limited():
		return maxAttempts, time.Second
	case e.html && e.status == http.StatusForbidden: // the edge takes its time to forgive
		return 3, 10 * time.Second
	case e.status == http.StatusConflict, e.garbled:
		return 3, time.Second
	case e.status >= http.StatusInternalServerError, e.oversized:
		return maxAttempts, time.Second
	case e.status == 0 && (heard || e.timeout):
		return maxAttempts, time.Second
	case e.status == 0: // no network, or a wrong address: say so soon
		return 2, time.Second
	}
	return 1, 0
}

// explain returns the error for people.
func (e *apiError) explain(host string) error {
	return e.sentence(host).Because(e)
}

func (e *apiError) sentence(host string) *leadlake.Error {
	switch {
	case e.status == 0 && e.timeout:
		return leadlake.Errorf(leadlake.Unavailable, "Notion cannot be reached at %s: it does not answer in time, so try again later", host)
	case e.status == 0:
		return leadlake.Errorf(leadlake.Unavailable, "Notion cannot be reached at %s: check the network of this machine", host)
	case e.reason == "public_api_request_blocked":
		return leadlake.Errorf(leadlake.Denied, "Notion has blocked the requests of this integration, and waiting does not help: look for a message of Notion to the workspace's owner, or write to Notion's support")
	case e.limited():
		return leadlake.Errorf(leadlake.Unavailable, "Notion keeps asking for fewer requests: other tools use up the workspace's limit, so try again later or lower LEADLAKE_NOTION_RATE")
	case e.garbled:
		return leadlake.Errorf(leadlake.Unavailable, "What answers at %s is not Notion: check for a proxy or a login page in the network", host)
	case e.oversized:
		return leadlake.Errorf(leadlake.Unavailable, "Notion's answer is larger than %d MB even for a few rows", maxAnswer>>20)
	case e.status >= http.StatusInternalServerError:
		return leadlake.Errorf(leadlake.Unavailable, "Notion has trouble (HTTP %d): try again later, or look at https://www.notion-status.com", e.status)
	case e.html:
		return leadlake.Errorf(leadlake.Unavailable, "The gate in front of Notion turns this machine away (HTTP %d with an HTML page): check for a proxy or VPN, or try again later", e.status)
	}
	return e.refused()
}

// refused words what Notion itself answers to a request that it understood.
func (e *apiError) refused() *leadlake.Error {
	switch e.status {
	case http.StatusUnauthorized:
		return leadlake.Errorf(leadlake.Denied, "Notion does not accept the token: copy the secret again from the integration's page in Notion into NOTION_TOKEN")
	case http.StatusForbidden:
		return leadlake.Errorf(leadlake.Denied, "Notion does not let this integration read: give it the capability \"Read content\" on its page in Notion")
	case http.StatusNotFound:
		return leadlake.Errorf(leadlake.NotFound, "Notion does not have it, or does not show it to the integration")
	}
	return leadlake.Errorf(leadlake.Unavailable, "Notion refuses a request that it used to accept, so look for a newer version of leadlake (%s%s)", known(e.code), e.named())
}

// missing reports whether Notion says that what was asked for does not exist,
// or is something else.
func missing(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && (e.status == http.StatusNotFound && !e.html || isPage(e))
}

func isPage(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.status == http.StatusBadRequest && strings.Contains(e.message, "is a page, not a database")
}

// lostCursor reports whether Notion no longer knows the cursor it gave.
func lostCursor(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.status == http.StatusBadRequest && strings.Contains(e.message, "start_cursor")
}

// refusesArchived reports whether Notion no longer lists archived pages.
func refusesArchived(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.status == http.StatusBadRequest && strings.Contains(e.message, "is_archived")
}
