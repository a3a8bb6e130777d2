package app_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// logFiles is a log by its names: a second opinion on what package delta does,
// simple rather than fast.
type logFiles struct {
	dir         string
	commits     map[int64]string
	checkpoints map[int64][][]string // by version, each with its files
}

var (
	commitName     = regexp.MustCompile(`^(\d{20})\.json$`)
	checkpointName = regexp.MustCompile(`^(\d{20})\.checkpoint\.((\d{10})\.(\d{10})\.parquet|parquet|[0-9a-fA-F-]{36}\.(json|parquet))$`)
	notANumber     = regexp.MustCompile(`:(?:NaN|-?Infinity)([,}])`) // as DuckDB writes one into JSON
)

func logIn(table string) logFiles {
	l := logFiles{filepath.Join(table, "_delta_log"), map[int64]string{}, map[int64][][]string{}}
	entries, _ := os.ReadDir(l.dir) // none is an empty log
	parts := map[string][]string{}
	for _, e := range entries {
		if m := commitName.FindStringSubmatch(e.Name()); m != nil && !e.IsDir() {
			if version, err := strconv.ParseInt(m[1], 10, 64); err == nil {
				l.commits[version] = filepath.Join(l.dir, e.Name())
			}
		}
		m := checkpointName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		version, err := strconv.ParseInt(m[1], 10, 64)
		info, errInfo := e.Info()
		if err != nil || errInfo != nil || info.Size() == 0 {
			continue
		}
		of := max(1, number(m[4]))
		key := m[1] + m[4]
		if m[4] == "" {
			key = e.Name()
		}
		parts[key] = append(parts[key], filepath.Join(l.dir, e.Name()))
		if int64(len(parts[key])) == of {
			l.checkpoints[version] = append(l.checkpoints[version], parts[key])
		}
	}
	return l
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // no number is 0
	return n
}

func (l logFiles) newest() int64 {
	newest := int64(-1)
	for version := range l.commits {
		newest = max(newest, version)
	}
	for version := range l.checkpoints {
		newest = max(newest, version)
	}
	return newest
}

// readings returns what the log can be read as at a version: from its commits
// alone, and from each checkpoint that is not newer.
func (l logFiles) readings(t *testing.T, db *sql.DB, version int64) []reading {
	t.Helper()
	var all []reading
	try := func(r reading, err error) {
		for next := r.version + 1; err == nil && next <= version; next++ {
			var actions []rawAction
			if actions, err = rawActions(l.commits[next]); err == nil {
				err = r.apply(actions)
			}
		}
		if err == nil && r.protocol != nil && r.metadata != nil {
			all = append(all, r)
		}
	}
	try(reading{version: -1, live: map[string]json.RawMessage{}}, nil)
	for at, checkpoints := range l.checkpoints {
		for _, files := range checkpoints {
			if at <= version {
				try(l.checkpoint(t, db, at, files))
			}
		}
	}
	return all
}

// rawAction is a line of the log: by the kind of the action.
type rawAction map[string]json.RawMessage

func rawActions(file string) ([]rawAction, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	var all []rawAction
	for {
		var a rawAction
		switch err := decoder.Decode(&a); {
		case errors.Is(err, io.EOF) && len(all) == 0:
			return nil, io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, a)
	}
}

func (l logFiles) checkpoint(t *testing.T, db *sql.DB, version int64, files []string) (reading, error) {
	t.Helper()
	r := reading{version: version - 1, live: map[string]json.RawMessage{}}
	read := func(files []string) ([]rawAction, error) {
		if strings.HasSuffix(files[0], ".json") {
			return rawActions(files[0])
		}
		return parquetActions(t, db, files)
	}
	actions, err := read(files)
	if err != nil {
		return r, err
	}
	for _, a := range slices.Clone(actions) {
		if a["sidecar"] == nil {
			continue
		}
		var sidecar struct{ Path string }
		if err := json.Unmarshal(a["sidecar"], &sidecar); err != nil {
			return r, err
		}
		more, err := read([]string{filepath.Join(l.dir, "_sidecars", path.Base(sidecar.Path))})
		if err != nil {
			return r, err
		}
		actions = append(actions, more...)
	}
	return r, r.apply(actions)
}

// parquetActions asks DuckDB for the rows of a checkpoint as JSON.
func parquetActions(t *testing.T, db *sql.DB, files []string) ([]rawAction, error) {
	t.Helper()
	quoted := make([]string, len(files))
	for i, file := range files {
		quoted[i] = "'" + strings.ReplaceAll(file, "'", "''") + "'"
	}
	from := " FROM read_parquet([" + strings.Join(quoted, ", ") + "], union_by_name = true, hive_partitioning = false)"
	columns, err := texts(t, db, "SELECT column_name FROM (DESCRIBE SELECT *"+from+")")
	if err != nil {
		return nil, err
	}
	var all []rawAction
	for _, kind := range []string{"protocol", "metaData", "add", "remove", "sidecar"} {
		if !slices.Contains(columns, kind) {
			continue
		}
		found, err := texts(t, db, fmt.Sprintf("SELECT to_json(%q)::VARCHAR%s WHERE %q IS NOT NULL", kind, from, kind))
		if err != nil {
			return nil, err
		}
		for _, text := range found {
			all = append(all, rawAction{kind: json.RawMessage(notANumber.ReplaceAllString(text, ":null$1"))})
		}
	}
	return all, nil
}

func texts(t *testing.T, db *sql.DB, question string) (all []string, err error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), question)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// reading is a table as a log says it.
type reading struct {
	version            int64
	protocol, metadata json.RawMessage
	live               map[string]json.RawMessage // adds, by file and deletion vector
}

// apply makes one commit true: it removes before it adds.
func (r *reading) apply(actions []rawAction) error {
	for _, kind := range []string{"remove", "add"} {
		for _, a := range actions {
			if a[kind] == nil || string(a[kind]) == "null" {
				continue
			}
			key, content, err := fileOf(a[kind])
			if err != nil {
				return err
			}
			if kind == "remove" {
				delete(r.live, key)
			} else {
				r.live[key] = content
			}
		}
	}
	for _, a := range actions {
		if p := a["protocol"]; p != nil {
			r.protocol = p
		}
		if m := a["metaData"]; m != nil {
			r.metadata = m
		}
	}
	r.version++
	return nil
}

// fileOf returns what tells a file of an add or remove apart, and the action
// without what only checkpoints have in it.
func fileOf(data json.RawMessage) (string, json.RawMessage, error) {
	var action map[string]json.RawMessage
	var file struct {
		Path           string
		DeletionVector *struct {
			StorageType, PathOrInlineDv *string
			Offset                      *int64
		}
	}
	if err := errors.Join(json.Unmarshal(data, &action), json.Unmarshal(data, &file)); err != nil {
		return "", nil, err
	}
	name, err := url.PathUnescape(file.Path)
	if err != nil || name == "" {
		return "", nil, fmt.Errorf("path %q: %w", file.Path, err)
	}
	maps.DeleteFunc(action, func(name string, value json.RawMessage) bool {
		return strings.HasSuffix(name, "_parsed") || string(value) == "null"
	})
	if rest, ok := strings.CutPrefix(name, "file:"); ok {
		name = "/" + strings.TrimLeft(rest, "/")
	}
	key := path.Clean(name)
	if v := file.DeletionVector; v == nil || v.StorageType == nil {
		delete(action, "deletionVector")
	} else {
		vector, err := json.Marshal(v)
		if err != nil {
			return "", nil, err
		}
		key += "\x00" + string(vector)
	}
	content, err := json.Marshal(action)
	return key, content, err
}

// encode writes the reading as one commit.
func (r *reading) encode() ([]byte, error) {
	lines := []rawAction{{"protocol": r.protocol}, {"metaData": r.metadata}}
	for _, key := range slices.Sorted(maps.Keys(r.live)) {
		lines = append(lines, rawAction{"add": r.live[key]})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
