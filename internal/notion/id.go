package notion

import (
	"encoding/hex"
	"net/url"
	"strings"

	"leadlake"
)

// uuid is an id in 16 bytes.
type uuid [16]byte

// String returns the dashed form in lower case.
func (u uuid) String() string {
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// parseUUID reads an id with or without dashes.
func parseUUID(s string) (u uuid, ok bool) {
	if len(s) == 36 {
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return u, false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return u, false
	}
	_, err := hex.Decode(u[:], []byte(s))
	return u, err == nil
}

// normal returns an id in the dashed form in lower case; "" where it is none.
func normal(id string) string {
	if u, ok := parseUUID(id); ok {
		return u.String()
	}
	return ""
}

// parseID finds the id in what people paste: an id with or without dashes, or
// the address of a page, whose title may stand before the id. It returns the
// dashed form in lower case.
func parseID(s string) (string, error) {
	s = strings.Trim(s, " \t\r\n\"'<>")
	if s == "" {
		return "", leadlake.Errorf(leadlake.Invalid, "No database is named: put the address of your Notion database into DATABASE_ID")
	}
	if u, err := url.Parse(s); err == nil && (u.Scheme != "" || strings.ContainsAny(s, "/?#")) {
		s = strings.TrimRight(u.Host+u.Path, "/") // the query of an address holds the id of a view, its fragment that of a block
	}
	s = s[strings.LastIndex(s, "/")+1:]
	for _, size := range []int{36, 32} {
		start := len(s) - size
		if start < 0 || start > 0 && s[start-1] != '-' {
			continue
		}
		if id := normal(s[start:]); id != "" {
			return id, nil
		}
	}
	return "", leadlake.Errorf(leadlake.Invalid, "DATABASE_ID holds no Notion id (32 digits and letters a to f): "+
		"open the database as a full page, copy its address and put that into DATABASE_ID")
}
