package fakenotion

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// problem is an error as the API words it.
type problem struct {
	Object     string            `json:"object"`
	Status     int               `json:"status"`
	Code       string            `json:"code"`
	Message    string            `json:"message"`
	Additional map[string]string `json:"additional_data,omitempty"`
	RequestID  string            `json:"request_id"`
	RetryAfter string            `json:"-"`
}

func invalid(format string, args ...any) *problem {
	return &problem{Status: 400, Code: "validation_error", Message: fmt.Sprintf(format, args...)}
}

func invalidURL() *problem {
	return &problem{Status: 400, Code: "invalid_request_url", Message: "Invalid request URL."}
}

func invalidJSON() *problem {
	return &problem{Status: 400, Code: "invalid_json", Message: "Error parsing JSON body."}
}

func tooLarge() *problem {
	return &problem{Status: 413, Code: "validation_error", Message: "Request body is too large."}
}

// notFound is the answer both for what is not there and for what is not shared.
func notFound(what, id string) *problem {
	return &problem{Status: 404, Code: "object_not_found", Message: fmt.Sprintf("Could not find %s with ID: %s. "+
		"Make sure the relevant pages and databases are shared with your integration \"Leadlake\".", what, id)}
}

func badCursor(cursor string) *problem {
	return invalid("The start_cursor provided is invalid: %s", cursor)
}

func rateLimited(wait time.Duration, reason string) *problem {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	return &problem{
		Status: 429, Code: "rate_limited",
		Message:    "You have been rate limited. Please try again in a few minutes.",
		Additional: map[string]string{"rate_limit_reason": reason, "retry_after": seconds},
		RetryAfter: seconds,
	}
}
