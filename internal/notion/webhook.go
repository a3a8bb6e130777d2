package notion

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"leadlake"
)

// Token is the secret that Notion sends once, when a webhook is set up: the key
// of every signature. It does not print.
type Token string

// String hides the token.
func (Token) String() string { return "[redacted]" }

// GoString hides the token.
func (Token) GoString() string { return "[redacted]" }

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText hides the token.
func (Token) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Reveal returns the token itself.
func (t Token) Reveal() string { return string(t) }

// Event is what Notion tells by a webhook: that something has changed, and not
// what. Events come late, twice, out of order or never.
type Event struct {
	ID      string    // the same for every attempt; "" for a handshake
	Type    string    // as "page.properties_updated"; there may be new ones
	At      time.Time // zero where it is not said
	Attempt int       // from 1
	// Page is the id of the page that it is about, "" where it is about
	// something else.
	Page string
	// DataSource is the id of the data source that it is about, or that the page
	// is in; "" where it is not said.
	DataSource string
	// Handshake is the token of a webhook that is being set up; an event that
	// has one has nothing else. It is not signed: anybody can send it.
	Handshake Token
}

// VerifySignature reports whether header, the X-Notion-Signature of a request,
// is that of body as it came, under the key.
func VerifySignature(key, header string, body []byte) bool {
	given, ok := strings.CutPrefix(header, "sha256=")
	signature, err := hex.DecodeString(given)
	if !ok || err != nil || len(signature) != sha256.Size || key == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hmac.Equal(signature, mac.Sum(nil))
}

// ParseEvent reads the body of a webhook's request. An event of a type that is
// not known is no error.
func ParseEvent(body []byte) (Event, error) {
	type thing struct {
		ID         string `json:"id"`
		Type       string `json:"type"`
		DataSource string `json:"data_source_id"`
	}
	var told struct {
		Token   string    `json:"verification_token"`
		ID      string    `json:"id"`
		Type    string    `json:"type"`
		At      time.Time `json:"timestamp"`
		Attempt int       `json:"attempt_number"`
		Entity  thing     `json:"entity"`
		Data    struct {
			Parent thing `json:"parent"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &told) != nil {
		return Event{}, leadlake.Errorf(leadlake.Invalid, "This is not an event of Notion: it is no JSON of its shape")
	}
	if told.Token != "" {
		return Event{Handshake: Token(told.Token)}, nil
	}
	if told.ID == "" || told.Type == "" {
		return Event{}, leadlake.Errorf(leadlake.Invalid, "This is not an event of Notion: it has no id or no type")
	}
	e := Event{ID: told.ID, Type: told.Type, At: told.At.UTC(), Attempt: max(1, told.Attempt)}
	parent := told.Data.Parent
	switch {
	case told.Entity.Type == "data_source":
		e.DataSource = normal(told.Entity.ID)
	case parent.DataSource != "":
		e.DataSource = normal(parent.DataSource)
	case parent.Type == "data_source":
		e.DataSource = normal(parent.ID)
	}
	if told.Entity.Type == "page" {
		e.Page = normal(told.Entity.ID)
	}
	return e, nil
}
