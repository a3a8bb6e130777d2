package duck

import (
	"sync"

	"leadlake"
)

// mostSchemas bounds how many files are remembered.
const mostSchemas = 100_000

// schemas knows which data files have the same columns. Those of a file never
// change.
type schemas struct {
	mu     sync.Mutex
	number map[string]int // of the schema, by file
	known  map[string]int // numbers by schema
	next   int            // no number comes twice, whatever is forgotten
}

// alike reports whether the files are known to have the same columns, in the
// same order and of the same types. They can be read then without opening each
// of them beforehand, for every time that a question names the table.
func (e *Engine) alike(files []leadlake.File) bool {
	e.schemas.mu.Lock()
	defer e.schemas.mu.Unlock()
	first := -1
	for _, f := range files {
		number, known := e.schemas.number[f.Name]
		if !known {
			opened, err := openParquet(e.disk.Path(f.Name))
			if err != nil { // DuckDB says what is wrong, if it finds anything
				return false
			}
			number = e.schemas.put(f.Name, opened.Schema())
			if opened.Close() != nil {
				return false
			}
		}
		if first >= 0 && number != first {
			return false
		}
		first = number
	}
	return true
}

// put remembers the schema of a file and returns its number.
func (s *schemas) put(file, schema string) int {
	if s.number == nil || len(s.number) >= mostSchemas {
		s.number, s.known = map[string]int{}, map[string]int{}
	}
	if _, ok := s.known[schema]; !ok {
		s.known[schema] = s.next
		s.next++
	}
	s.number[file] = s.known[schema]
	return s.number[file]
}
