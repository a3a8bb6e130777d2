package delta_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"path"
	"strings"
	"testing"

	"leadlake/internal/blob"
	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// everything is a log in which every member of every action is set that a
// checkpoint holds.
const everything = `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors","appendOnly"]}}
{"metaData":{"id":"m","name":"nom","description":"words","format":{"provider":"parquet","options":{"o":"1"}},"schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":["p","q"],"configuration":{"delta.appendOnly":"false"},"createdTime":11}}
{"txn":{"appId":"app","version":21,"lastUpdated":22}}
{"domainMetadata":{"domain":"dom","configuration":"conf","removed":false}}
{"add":{"path":"a%41","partitionValues":{"p":"x","q":null},"size":31,"modificationTime":32,"dataChange":true,"stats":"{\"numRecords\":33,\"minValues\":{\"id\":\"0123456789abcdef\"},\"maxValues\":{\"id\":\"fedcba9876543210\"}}","tags":{"k":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":34,"sizeInBytes":35,"cardinality":6}}}
{"add":{"path":"b","partitionValues":{"p":"y","q":"z"},"size":41,"modificationTime":42,"dataChange":true,"stats":"{\"numRecords\":43,\"minValues\":{\"id\":\"0123456789abcdef\"},\"maxValues\":{\"id\":\"fedcba9876543219\"}}"}}
{"remove":{"path":"c","deletionTimestamp":9000000000051,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{"p":"w","q":null},"size":52,"deletionVector":{"storageType":"u","pathOrInlineDv":"cd^-aqEH.-t@S}K{vb[*k^","offset":53,"sizeInBytes":54,"cardinality":7}}}
`

// TestACheckpointIsReadBack changes each member of what was written: the
// checkpoint must not be pointed to then.
func TestACheckpointIsReadBack(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct{ old, altered string }{
		"nothing":                       {"", ""},
		"a path":                        {`"a%41"`, `"aA"`},
		"a partition value":             {`"p":"x"`, `"p":"y"`},
		"a partition value's column":    {`"p":"y","q":"z"`, `"q":"y","p":"z"`},
		"a null partition value":        {`"x","q":null`, `"x","q":""`},
		"no partition value":            {`"p":"y",`, ``},
		"a size":                        {`"size":31`, `"size":32`},
		"a time":                        {`"modificationTime":32`, `"modificationTime":31`},
		"a data change":                 {`42,"dataChange":false`, `42,"dataChange":true`},
		"statistics":                    {`\"numRecords\":33`, `\"numRecords\":34`},
		"statistics like others":        {`\"numRecords\":43`, `\"numRecords\":44`},
		"the end of statistics":         {`fedcba9876543219\"}}`, `fedcba9876543219\"}`},
		"more than the statistics":      {`fedcba9876543219\"}}`, `fedcba9876543219\"}} `},
		"no statistics":                 {`,"stats":"{\"numRecords\":43,\"minValues\":{\"id\":\"0123456789abcdef\"},\"maxValues\":{\"id\":\"fedcba9876543219\"}}"`, ``},
		"a tag":                         {`{"k":"v"}`, `{"k":"w"}`},
		"no tags":                       {`"tags":{"k":"v"},`, ``},
		"a deletion vector's storage":   {`"u","pathOrInlineDv":"ab`, `"p","pathOrInlineDv":"ab`},
		"a deletion vector's place":     {`"ab^`, `"ac^`},
		"a deletion vector's offset":    {`"offset":34`, `"offset":35`},
		"a deletion vector's size":      {`"sizeInBytes":35`, `"sizeInBytes":34`},
		"a deletion vector's rows":      {`"cardinality":6`, `"cardinality":5`},
		"a lost add":                    {`{"add":{"path":"b"`, `{"cdc":{"path":"b"`},
		"a file for another":            {`{"add":{"path":"b"`, `{"add":{"path":"a%41"`},
		"a file too many":               {`{"add":{"path":"b"`, `{"add":{"path":"d"}}` + "\n" + `{"add":{"path":"b"`},
		"a tombstone's path":            {`{"path":"c"`, `{"path":"%63"`},
		"a tombstone's time":            {`9000000000051`, `9000000000052`},
		"a tombstone's data change":     {`51,"dataChange":false`, `51,"dataChange":true`},
		"a tombstone's members":         {`"extendedFileMetadata":true,`, ``},
		"a tombstone's partition value": {`"p":"w"`, `"p":"x"`},
		"a tombstone's size":            {`"size":52`, `"size":51`},
		"a tombstone's deletion vector": {`"offset":53`, `"offset":54`},
		"its rows":                      {`"cardinality":7`, `"cardinality":8`},
		"a lost tombstone":              {`{"remove":`, `{"cdc":`},
		"an application":                {`"app"`, `"apq"`},
		"how far it is":                 {`"version":21`, `"version":20`},
		"when it was there":             {`"lastUpdated":22`, `"lastUpdated":21`},
		"a domain":                      {`"dom"`, `"don"`},
		"what a domain says":            {`"conf"`, `"cong"`},
		"the table's id":                {`"id":"m"`, `"id":"n"`},
		"its name":                      {`"nom"`, `"non"`},
		"its description":               {`"words"`, `"word"`},
		"a format's option":             {`{"o":"1"}`, `{"o":"2"}`},
		"a format":                      {`"provider":"parquet"`, `"provider":"orc"`},
		"the schema":                    {`"schemaString":"{`, `"schemaString":" {`},
		"partition columns":             {`["p","q"]`, `["q","p"]`},
		"a property":                    {`"delta.appendOnly":"false"`, `"delta.appendOnly":"true"`},
		"when the table was made":       {`"createdTime":11`, `"createdTime":12`},
		"a reader version":              {`"minReaderVersion":3`, `"minReaderVersion":2`},
		"a writer version":              {`"minWriterVersion":7`, `"minWriterVersion":5`},
		"a reader feature":              {`"readerFeatures":["deletionVectors"]`, `"readerFeatures":[]`},
		"a writer feature":              {`,"appendOnly"`, ``},
		"no metaData":                   {`{"metaData":`, `{"cdc":`},
		"no protocol":                   {`{"protocol":`, `{"cdc":`},
		"a line that is cut off":        {`{"protocol":{`, `{"protocol":`},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			write(t, bucket, 0, everything)
			table := delta.Open(bucket, folder, delta.Options{Parquet: altering{lines: lines{bucket}, t: t, old: tt.old, altered: tt.altered}})
			err := table.Checkpoint(t.Context(), latest(t, table))
			_, missing := bucket.Get(t.Context(), path.Join(folder, "_delta_log", "_last_checkpoint"))
			switch {
			case tt.old == "" && (err != nil || missing != nil):
				t.Errorf("Checkpoint: %v, and the pointer: %v", err, missing)
			case tt.old != "" && (err == nil || !errors.Is(missing, blob.ErrNotExist)):
				t.Errorf("Checkpoint: %v, and the pointer: %v; want an error, and that it is not there", err, missing)
			}
		})
	}
}

// altering writes checkpoints in which a text stands for another.
type altering struct {
	lines

	t            *testing.T
	old, altered string
}

func (a altering) WriteActions(ctx context.Context, name string, actions iter.Seq[delta.Action]) error {
	good := lines{&mem.Bucket{}}
	if err := good.WriteActions(ctx, name, actions); err != nil {
		return err
	}
	data, err := good.bucket.Get(ctx, name)
	if err != nil {
		return err
	}
	if a.old != "" && strings.Count(string(data), a.old) != 1 {
		a.t.Errorf("%s stands there %d times:\n%s", a.old, strings.Count(string(data), a.old), data)
	}
	return a.bucket.Create(ctx, name, bytes.NewReader(bytes.Replace(data, []byte(a.old), []byte(a.altered), 1)))
}

// TestACheckpointOfAnotherWriter is there already. It may say the same thing in
// other words and in another order, but not another thing.
func TestACheckpointOfAnotherWriter(t *testing.T) {
	t.Parallel()
	head, files, _ := strings.Cut(everything, `{"add":`)
	few := strings.ReplaceAll(head, `"name":"nom",`, "")
	first, second, _ := strings.Cut(`{"add":`+files, "\n")
	second, gone, _ := strings.Cut(second, "\n")
	first, second, gone = first+"\n", strings.Replace(second, `"modificationTime":42`, `"modificationTime":1`, 1)+"\n", strings.Replace(gone, "true", "false", 1)
	for what, tt := range map[string]struct {
		content string
		good    bool
	}{
		"in order":                  {few + first + second + gone, true},
		"in another order":          {second + gone + first + few, true},
		"without tombstones":        {few + first + second, true},
		"without statistics":        {few + first + strings.Replace(second, `"stats"`, `"x"`, 1), true},
		"one twice":                 {few + first + first + second, false},
		"one twice later":           {few + first + second + first, false},
		"one twice in disorder":     {few + second + first + second, false},
		"one twice, the other once": {few + second + second + first, false},
		"one instead of the other":  {few + second + second, false},
		"one is missing":            {few + first, false},
		"the other is missing":      {few + second, false},
		"one too many":              {few + first + second + strings.Replace(second, `"b"`, `"c"`, 1), false},
		"another partition value":   {few + first + strings.Replace(second, `"y"`, `"x"`, 1), false},
		"another deletion vector":   {few + strings.Replace(first, `"offset":34`, `"offset":35`, 1) + second, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bucket := &mem.Bucket{}
			write(t, bucket, 0, everything)
			table := reopened(bucket)
			at := latest(t, table)
			logs := path.Join(folder, "_delta_log")
			if err := bucket.Create(t.Context(), path.Join(logs, "00000000000000000000.checkpoint.parquet"), strings.NewReader(tt.content)); err != nil {
				t.Fatal(err)
			}
			err := table.Checkpoint(t.Context(), at)
			_, missing := bucket.Get(t.Context(), path.Join(logs, "_last_checkpoint"))
			if tt.good != (err == nil) || tt.good != (missing == nil) {
				t.Errorf("Checkpoint: %v, and the pointer: %v", err, missing)
			}
		})
	}
}
