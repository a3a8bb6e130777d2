package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped")

// each yields the rows of an answer as Query promises them.
func each(ctx context.Context, conn *sql.Conn, question string, args []any, yield func([]any, error) bool) error {
	return eachRaw(ctx, conn, question, args, func(cells []driver.Value) error {
		row := make([]any, len(cells))
		for i, cell := range cells {
			row[i] = fromDuck(cell)
		}
		if !yield(row, nil) {
			return errStopped
		}
		return nil
	})
}

// eachRaw visits rows as the driver returns them, up to the first error. A row
// is valid until the next one comes.
//
// It asks the driver itself: database/sql copies every cell by reflection, and
// checkpoints have millions of them.
func eachRaw(ctx context.Context, conn *sql.Conn, question string, args []any, visit func([]driver.Value) error) error {
	return conn.Raw(func(raw any) (err error) {
		rows, err := ask(ctx, raw, question, args)
		switch {
		case err != nil && ctx.Err() != nil: // which the driver does not always say
			return fmt.Errorf("asking: %w: %w", ctx.Err(), err)
		case err != nil:
			return fmt.Errorf("asking: %w", err)
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		row := make([]driver.Value, len(rows.Columns()))
		for ctx.Err() == nil {
			if err := rows.Next(row); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("reading answer: %w", err)
			}
			if err := visit(row); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

func ask(ctx context.Context, raw any, question string, args []any) (driver.Rows, error) {
	conn, ok := raw.(interface {
		driver.QueryerContext
		driver.NamedValueChecker
	})
	if !ok {
		return nil, fmt.Errorf("unexpected connection %T", raw)
	}
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
		err := conn.CheckNamedValue(&named[i])
		if errors.Is(err, driver.ErrSkip) {
			named[i].Value, err = driver.DefaultParameterConverter.ConvertValue(arg)
		}
		if err != nil {
			return nil, fmt.Errorf("parameter %d: %w", i+1, err)
		}
	}
	return conn.QueryContext(ctx, question, named)
}
