package duck

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/duckdb/duckdb-go/v2"
)

// rowStream gives rows to a statement while they are made, so that they are
// never in memory all at once. In SQL they are streamed(). DuckDB lends one
// chunk after the other, which the maker of the rows fills.
type rowStream struct {
	columns []duckdb.ColumnInfo
	lent    chan duckdb.DataChunk
	filled  chan error    // gives a chunk back
	over    chan struct{} // closed: no rows come any more
	err     error         // why, if not all have come; set before over is closed
}

var _ duckdb.ChunkTableSource = (*rowStream)(nil)

var errBrokenOff = errors.New("the rows broke off")

// streamKey is where the context of a statement has its rowStream.
type streamKey struct{}

// registerStream tells a database of streamed().
func registerStream(ctx context.Context, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return duckdb.RegisterTableUDF(conn, "streamed", duckdb.ChunkTableFunction{
		BindArgumentsContext: func(ctx context.Context, _ map[string]any, _ ...any) (duckdb.ChunkTableSource, error) {
			if s, ok := ctx.Value(streamKey{}).(*rowStream); ok {
				return s, nil
			}
			return nil, errors.New("nothing is streamed to this statement")
		},
	})
}

// execStream runs a statement that reads streamed() once and to its end: rows,
// which put writes into cells.
func execStream[T any](ctx context.Context, conn *sql.Conn, statement string, columns []duckdb.ColumnInfo, rows iter.Seq[T], put func(*rowCells, T)) (err error) {
	s := &rowStream{columns: columns, lent: make(chan duckdb.DataChunk), filled: make(chan error), over: make(chan struct{})}
	var failed error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, failed = conn.ExecContext(context.WithValue(ctx, streamKey{}, s), statement)
	}()
	s.err = errBrokenOff // by a panic
	defer func() {
		close(s.over)
		<-ended
		err = cmp.Or(s.err, failed)
	}()
	s.err = fill(s, ended, rows, put)
	return s.err
}

// fill puts rows into the chunks that DuckDB lends, until the statement ends.
func fill[T any](s *rowStream, ended <-chan struct{}, rows iter.Seq[T], put func(*rowCells, T)) error {
	cells := rowCells{}
	lent := false
	for row := range rows {
		if !lent {
			select {
			case cells.chunk = <-s.lent:
				cells.row, lent = 0, true
			case <-ended:
				return nil // its error says why
			}
		}
		if cells.column = 0; cells.err == nil {
			put(&cells, row)
		}
		if cells.row++; cells.row == duckdb.GetDataChunkCapacity() || cells.err != nil {
			lent = false
			if s.filled <- cells.full(); cells.err != nil {
				return cells.err
			}
		}
	}
	if lent {
		s.filled <- cells.full()
	}
	return nil
}

// ColumnInfos is asked for by DuckDB.
func (s *rowStream) ColumnInfos() []duckdb.ColumnInfo { return s.columns }

// Cardinality is not known.
func (s *rowStream) Cardinality() *duckdb.CardinalityInfo { return nil }

// Init has nothing to do.
func (s *rowStream) Init() {}

// FillChunk lends a chunk, until it is filled.
func (s *rowStream) FillChunk(chunk duckdb.DataChunk) error {
	select {
	case s.lent <- chunk:
		select {
		case err := <-s.filled:
			return err
		case <-s.over:
			return s.err
		}
	case <-s.over:
		return errors.Join(s.err, chunk.SetSize(0))
	}
}

// rowCells are the cells of one row, which are put one after the other.
type rowCells struct {
	chunk       duckdb.DataChunk
	row, column int
	scratch     []byte
	err         error // the first one
}

func (c *rowCells) put(v any) {
	if c.err == nil {
		c.err = c.chunk.SetValue(c.column, c.row, v)
	}
	c.column++
}

// text puts a text without the copy that the driver makes of a string.
func (c *rowCells) text(s string) {
	c.scratch = append(c.scratch[:0], s...)
	c.put(c.scratch)
}

// full says how many rows the chunk has.
func (c *rowCells) full() error {
	if c.err == nil {
		c.err = c.chunk.SetSize(c.row)
	}
	return c.err
}

func (c *rowCells) nulls(n int) {
	for range n {
		c.put(nil)
	}
}
