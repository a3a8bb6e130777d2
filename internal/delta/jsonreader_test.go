package delta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// commitOf opens a table whose second commit is a line, and returns its files.
func commitOf(t *testing.T, line string) ([]string, error) {
	t.Helper()
	bucket := &mem.Bucket{}
	first := `{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}` + "\n" +
		`{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":[],"configuration":{}}}`
	for version, content := range []string{first, line} {
		name := fmt.Sprintf("%s/_delta_log/%020d.json", folder, version)
		if err := bucket.Create(t.Context(), name, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := delta.Open(bucket, folder, delta.Options{}).Latest(t.Context())
	if err != nil {
		return nil, err
	}
	var found []string
	for name, a := range s.Files() {
		found = append(found, fmt.Sprint(name, " ", a.Size, " ", a.DataChange, " ", a.Stats))
	}
	return found, nil
}

// TestNamesOfMembersAreExact writes names in another case: the protocol knows
// no such action, and no such member.
func TestNamesOfMembersAreExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, want string }{
		{`{"add":{"path":"a","size":7,"dataChange":true,"stats":"s"}}`, "[a 7 true s]"},
		{`{"ADD":{"path":"a","size":7}}`, "[]"},
		{`{"add":{"path":"a","Size":7,"datachange":true,"STATS":"s"}}`, "[a 0 false ]"},
		{`{"add":{"path":"a","size":7,"PATH":"b"}}`, "[a 7 false ]"},
	} {
		found, err := commitOf(t, c.line)
		if err != nil || fmt.Sprint(found) != c.want {
			t.Errorf("%s: %v, %v, want %s", c.line, found, err, c.want)
		}
	}
	if _, err := commitOf(t, `{"add":{"Path":"a","size":7}}`); !errors.Is(err, delta.ErrDamaged) {
		t.Errorf("an add without a path: %v", err)
	}
}

// TestCommitsAreReadAsJSON reads lines as encoding/json reads them, good and
// bad ones.
func TestCommitsAreReadAsJSON(t *testing.T) {
	t.Parallel()
	for _, add := range []string{
		`{"path":"a"}`, ` { "path" : "a" , "size" : 1 } `, `{"path":"a\u00e9\n\"\\\/\ud83d\ude00","size":0}`, `{"path":"é","stats":"{\"numRecords\":3}"}`,
		`{"path":"a","size":-1}`, `{"path":"a","size":01}`, `{"path":"a","size":1.0}`, `{"path":"a","size":1e2}`, `{"path":"a","size":12345678901234567890}`,
		`{"path":"a","size":999999999999999999}`, `{"path":"a","size":9223372036854775807}`, `{"path":"a","size":"1"}`, `{"path":"a","size":null}`,
		`{"path":"a","dataChange":true}`, `{"path":"a","dataChange":tru}`, `{"path":"a","dataChange":truex}`, `{"path":"a","dataChange":1}`,
		`{"path":"a","stats":null,"tags":{"k":"v"},"partitionValues":{"p":null,"q":"1"}}`, `{"path":"a","partitionValues":{}}`, `{"path":"a","partitionValues":[]}`,
		`{"path":"a","x":{"y":[1,2,{"z":"}\"]"}]},"w":[],"v":"\u12"}`, `{"path":"a","x":{"y":[1,2,{"z":"}\"]"}]},"w":[]}`, `{"path":"a","x":[1,}`, `{"path":"a","x":[1}]}`,
		`{"path":"a"`, `{"path":"a`, `{"path":"a\`, `{"path"}`, `{"path":}`, `{"path":"a",}`, `{"path":"a" "size":1}`, `{,}`, `{path:"a"}`, `{"path":"a\x"}`, "{\"path\":\"a\nb\"}",
		`{"path":"\"a\"b\\"}`, `{"path":"\t"}`, `{"path":"a\nb\tc\u0041d\n\"e"}`, "{\"path\":\"a\\nb\nc\"}", `{"path":"a\n`, `{"path":"a\n\`, `{"path":"a\n\q"}`,
		"{\"path\":\"a\x00\"}", "{\"path\":\"a\"\x00}", `{"path":"a","deletionVector":null}`, `{"path":"a","deletionVector":{"storageType":"u","offset":1}}`, `[]`, `3`, `"a"`, `nul`, ``,
		`{"path":"a","x":nul}`, `{"path":"a","x":-}`, `{"path":"a","x":1 2}`, `{"path":"a","path":"b"}`, `{"path":"a"}}`, `{"path":"a"}{`, "{\"path\":\"a\"}\t\r\n",
	} {
		line := `{"add":` + add + `}`
		found, err := commitOf(t, line)
		var want struct{ Add *delta.Add }
		bad := json.Unmarshal([]byte(line), &want)
		switch {
		case (bad != nil || want.Add != nil && (want.Add.Size < 0 || want.Add.DeletionVector != nil)) != (err != nil):
			t.Errorf("%s: %v, encoding/json says %v", line, err, bad)
		case err != nil && !errors.Is(err, delta.ErrDamaged):
			t.Errorf("%s: %v", line, err)
		case err == nil && want.Add != nil:
			if expected := fmt.Sprint(want.Add.Path, " ", want.Add.Size, " ", want.Add.DataChange, " ", want.Add.Stats); len(found) != 1 || found[0] != expected {
				t.Errorf("%s: %q, want %q", line, found, expected)
			}
		}
	}
}
