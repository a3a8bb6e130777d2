package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// damage is one way to damage a table.
type damage struct {
	name     string
	harmless bool // whoever reads the log by the protocol does not notice
	// do damages the table in dir and says what it did, "" if there was nothing
	// to do.
	do func(r *rand.Rand, dir string) (string, error)
}

func damages() []damage {
	return []damage{
		{name: "delete", do: onFile(logFile, func(_ *rand.Rand, file string) error { return os.Remove(file) })},
		{name: "delete", do: onFile("*", func(_ *rand.Rand, file string) error { return os.Remove(file) })},
		{name: "truncate", do: inFile(logFile, func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] })},
		{name: "write no tail", do: inFile(logFile, func(r *rand.Rand, data []byte) []byte { clear(data[r.IntN(len(data)):]); return data })},
		{name: "flip a bit", do: inFile(logFile, flipBit)},
		{name: "flip a bit", do: inFile("*.checkpoint*.parquet", flipBit)},
		{name: "flip a bit", do: inFile("*.bin", flipBit)},
		{name: "truncate", do: inFile("*.bin", func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] })},
		{name: "swap two lines", harmless: true, do: inLines(func(r *rand.Rand, lines [][]byte) [][]byte {
			i, j := r.IntN(len(lines)), r.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			return lines
		})},
		{name: "repeat a line", do: inLines(func(r *rand.Rand, lines [][]byte) [][]byte { return append(lines, lines[r.IntN(len(lines))]) })},
		{name: "lose a line", do: inLines(func(r *rand.Rand, lines [][]byte) [][]byte {
			i := r.IntN(len(lines))
			return slices.Delete(lines, i, i+1)
		})},
		{name: "join two lines", do: inFile("0*.json", func(_ *rand.Rand, data []byte) []byte {
			return bytes.Replace(data, []byte("}\n{"), []byte(","), 1)
		})},
		{name: "change a number", do: inFile("0*.json", replaceOne(`[0-9]+`, numbers()...))},
		{name: "change statistics", do: inFile("0*.json", replaceOne(`numRecords\\":[0-9]+`, `numRecords\":0`, `numRecords\":1`, `numRecords\":-1`, `numRecords\":99999`, `numRecords\":"3"`))},
		{name: "change a letter", do: inFile("0*.json", replaceOne(`[a-z]`, "a", "e", "x", `\u0000`, "%", `"`))},
		{name: "change a path", do: inFile("0*.json", replaceOne(`"path":"[^"]*"`, paths()...))},
		{name: "lose the pointer", harmless: true, do: onFile("_last_checkpoint", func(_ *rand.Rand, file string) error { return os.Remove(file) })},
		{name: "write a wrong pointer", harmless: true, do: wrongPointer},
		{name: "leave a stray file", harmless: true, do: strayFile},
		{name: "exchange two commits", do: exchange},
		{name: "commit again", do: commitAgain},
	}
}

const logFile = "_delta_log/*"

// onFile does something to one file whose name matches.
func onFile(pattern string, do func(r *rand.Rand, file string) error) func(*rand.Rand, string) (string, error) {
	return func(r *rand.Rand, dir string) (string, error) {
		var files []string
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			inLog := strings.Contains(path, "/_delta_log/")
			if matched, _ := filepath.Match(pattern, d.Name()); matched || pattern == logFile && inLog {
				files = append(files, path)
			}
			return nil
		})
		if err != nil || len(files) == 0 {
			return "", err
		}
		file := files[r.IntN(len(files))]
		return filepath.Base(file), do(r, file)
	}
}

// inFile changes the content of one file whose name matches.
func inFile(pattern string, change func(r *rand.Rand, data []byte) []byte) func(*rand.Rand, string) (string, error) {
	return onFile(pattern, func(r *rand.Rand, file string) error {
		data, err := os.ReadFile(file)
		if err != nil || len(data) == 0 {
			return err
		}
		return os.WriteFile(file, change(r, data), 0o600)
	})
}

func inLines(change func(r *rand.Rand, lines [][]byte) [][]byte) func(*rand.Rand, string) (string, error) {
	return inFile("0*.json", func(r *rand.Rand, data []byte) []byte {
		lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
		return append(bytes.Join(change(r, lines), []byte("\n")), '\n')
	})
}

func flipBit(r *rand.Rand, data []byte) []byte {
	data[r.IntN(len(data))] ^= 1 << r.IntN(8)
	return data
}

// replaceOne replaces one occurrence of an expression.
func replaceOne(expression string, by ...string) func(*rand.Rand, []byte) []byte {
	compiled := regexp.MustCompile(expression)
	return func(r *rand.Rand, data []byte) []byte {
		all := compiled.FindAllIndex(data, -1)
		if len(all) == 0 {
			return data
		}
		at := all[r.IntN(len(all))]
		return slices.Concat(data[:at[0]], []byte(by[r.IntN(len(by))]), data[at[1]:])
	}
}

func numbers() []string {
	return []string{"0", "1", "2", "-1", "3", "7", "1.5", "1e3", "2147483648", "9223372036854775807", "9223372036854775808", "01", "null", `"1"`, "true"}
}

func paths() []string {
	var all []string
	for _, path := range []string{
		"", "x.parquet", "../x.parquet", "/etc/passwd", "s3://b/x.parquet", "%", "%00", "_delta_log/00000000000000000000.json", ".", "a/../../b", "file:///x",
	} {
		all = append(all, `"path":"`+path+`"`)
	}
	return append(all, `"path":null`, `"path":1`, `"PATH":"x.parquet"`)
}

// wrongPointer writes a pointer to a checkpoint that is not there, or none at
// all.
func wrongPointer(r *rand.Rand, dir string) (string, error) {
	all := []string{
		"", "{", "null", "[]", `{"version":null}`, `{"version":0}`, `{"version":1}`, `{"version":-1}`, `{"version":"3"}`, `{"version":5,"size":1}`, `{"version":999999,"size":1}`,
		`{"version":9223372036854775807}`, `{"version":1e99}`, `{"version":3,"parts":99}`, `{"version":2,"size":-1,"parts":-1}`, "\x00\x00\x00", strings.Repeat("[", 100_000),
		`{"version":1,"checkpointSchema":` + strings.Repeat(`{"a":`, 9_000),
	}
	content := all[r.IntN(len(all))]
	return content[:min(len(content), 80)], os.WriteFile(filepath.Join(dir, "_delta_log", "_last_checkpoint"), []byte(content), 0o600)
}

// strayFile leaves a file that is none of the log's.
func strayFile(r *rand.Rand, dir string) (string, error) {
	version := fmt.Sprintf("%020d", r.IntN(20))
	all := []string{
		version + ".json.tmp", version + ".crc", "." + version + ".json.crc", "2.json", "99999999999999999999.json", version + ".checkpoint.parquet.tmp", version + ".JSON",
		version + ".checkpoint.0000000001.0000000099.parquet", version + ".checkpoint.0000000003.0000000002.parquet", version + ".checkpoint.9999999999.9999999999.parquet",
		version + ".checkpoint.x.parquet", version + ".checkpoint.parquet.crc", "_staged_commits/" + version + ".json", "_commits/" + version + ".json", version + ".json/x", "a\nb", "é", " ",
		"_sidecars/x.parquet", "_temporary/" + version + ".json", version + "." + version + ".compacted.json", version + "0.json", "0" + version[2:] + ".json", version + ".checkpoint..json",
		version + ".00000000000000000000.compacted.json", "-0000000000000000001.json", "_last_checkpoint.tmp", "00000000000000000000.checkpoint.parquet", version + ".checkpoint.80a083e8-7026-4e79-81be-64bd76c43a1.json",
	}
	name := all[r.IntN(len(all))]
	if logIn(dir).newest() == 0 && strings.HasSuffix(name, ".checkpoint.parquet") {
		name = "x"
	}
	file := filepath.Join(dir, "_delta_log", name)
	if _, err := os.Stat(file); err == nil {
		return "", nil // it is the log's own
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", nil //nolint:nilerr // a commit is in the way
	}
	content := []string{"x", `{"add":{"path":"x","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}` + "\n"}
	return name, os.WriteFile(file, []byte(content[r.IntN(2)]), 0o600)
}

func exchange(r *rand.Rand, dir string) (string, error) {
	commits := logIn(dir).commits
	i, j := r.Int64N(max(1, int64(len(commits)))), r.Int64N(max(1, int64(len(commits))))
	if commits[i] == "" || commits[j] == "" || i == j {
		return "", nil
	}
	temp := commits[i] + ".tmp"
	for _, move := range [][2]string{{commits[i], temp}, {commits[j], commits[i]}, {temp, commits[j]}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			return "", err
		}
	}
	return fmt.Sprint(i, " and ", j), nil
}

// commitAgain makes a commit of old a new version, too.
func commitAgain(r *rand.Rand, dir string) (string, error) {
	l := logIn(dir)
	version := r.Int64N(max(1, l.newest()+1))
	data, err := os.ReadFile(l.commits[version])
	if err != nil {
		return "", nil //nolint:nilerr // it is not there
	}
	return l.commits[version], os.WriteFile(filepath.Join(dir, "_delta_log", fmt.Sprintf("%020d.json", l.newest()+1)), data, 0o600)
}
