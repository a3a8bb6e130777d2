package notion

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"leadlake"
)

// decodeNumber reads a number as the nearest double, which is what Notion
// itself keeps: up to 17 digits come out as they went in. An integer that no
// double is equal to, from 2^53 on, is rounded, and that is remarked.
func (d *decoder) decodeNumber(raw json.RawMessage) (leadlake.Value, error) {
	n, err := as[json.Number](raw)
	if err != nil {
		return nil, err
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("reading a number: %w", err)
	}
	if exact, whole := new(big.Int).SetString(n.String(), 10); whole {
		if kept, _ := big.NewFloat(f).Int(nil); kept.Cmp(exact) != 0 {
			d.remark("a number has more digits than can be kept, and was rounded")
		}
	}
	return f, nil
}

// keep returns JSON of an unknown type as it is stored: the same for the same
// value, whatever the order of its keys, and without the addresses of files,
// which are secrets for an hour and others at every reading.
func keep(raw json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return string(raw)
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(unsigned(v)) != nil {
		return string(raw)
	}
	return strings.TrimSpace(b.String())
}

// unsigned returns v without addresses that expire.
func unsigned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if _, expires := v["expiry_time"]; expires {
			delete(v, "expiry_time")
			delete(v, "url")
		}
		for k := range v {
			v[k] = unsigned(v[k])
		}
	case []any:
		for i := range v {
			v[i] = unsigned(v[i])
		}
	}
	return v
}
