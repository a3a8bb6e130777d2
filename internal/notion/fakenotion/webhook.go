package fakenotion

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Sign returns the X-Notion-Signature of a webhook's body under the token of its
// handshake.
func Sign(token string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Handshake returns the body with which Notion sets up a webhook.
func Handshake(token string) []byte {
	return appendJSON(nil, map[string]string{"verification_token": token})
}

// Event returns the body of a webhook that tells of a change in the data source:
// of a page where kind begins with "page.", else of its schema or rows. The id
// is the same for every attempt, which Notion counts from 1 to 8.
func (d *DataSource) Event(id, kind, page string, attempt int) []byte {
	s := d.database.server
	entity := map[string]string{"id": d.id, "type": "data_source"}
	parent := map[string]string{"id": d.database.id, "type": "database"}
	if strings.HasPrefix(kind, "page.") {
		entity = map[string]string{"id": page, "type": "page"}
		parent = map[string]string{"id": d.database.id, "type": "database", "data_source_id": d.id}
	}
	return appendJSON(nil, map[string]any{
		"id": id, "timestamp": s.o.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "type": kind,
		"workspace_id": "00000000-0000-4000-8000-0000000000ac", "workspace_name": "Équipe",
		"subscription_id": "00000000-0000-4000-8000-0000000000ab", "integration_id": "00000000-0000-4000-8000-0000000000ad",
		"authors":        []map[string]string{{"id": userID, "type": "person"}},
		"attempt_number": attempt, "api_version": "2026-03-11", "entity": entity, "data": map[string]any{"parent": parent},
	})
}

// EventID returns the id of the n-th event.
func EventID(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-e%011x", n) }
