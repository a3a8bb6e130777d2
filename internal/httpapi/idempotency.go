package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"leadlake"
)

// maxKey is how long an Idempotency-Key may be.
const maxKey = 255

// requestOfKey names a request by the digests of its Idempotency-Key and its body; nil
// where it has no key. The key may be a string as structured fields have it,
// in quotes, as the IETF's draft says, or bare, as most clients send it.
func requestOfKey(key string, body []byte) (*leadlake.Request, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // a key is the caller's choice
	}
	name := key
	if strings.HasPrefix(key, `"`) {
		inner, closed := strings.CutSuffix(key[1:], `"`)
		if !closed {
			inner = ""
		}
		name = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner)
	}
	invisible := func(r rune) bool { return r < ' ' || r > '~' }
	if strings.TrimSpace(name) == "" || len(name) > maxKey || strings.ContainsFunc(name, invisible) {
		return nil, newProblem(http.StatusBadRequest,
			"The Idempotency-Key must have 1 to 255 visible characters of ASCII, such as a UUID: Idempotency-Key: \"8e03978e-40d5-43dd-bc93-6894a57f9324\".")
	}
	return &leadlake.Request{Key: digest([]byte(name)), Body: digest(body)}, nil
}

// digest returns half of a SHA-256, which is enough to tell two apart.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
