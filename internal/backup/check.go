package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"leadlake/internal/blob"
)

// Finding is an object of a backup that is not as it was.
type Finding struct {
	Name    string
	Problem string
}

// Missing returns the objects of a backup that are not there or have another
// size. It reads none of them.
func Missing(ctx context.Context, place blob.Bucket, m Manifest) ([]Finding, error) {
	there := map[string]int64{}
	for o, err := range place.List(ctx, "", "") {
		if err != nil {
			return nil, fmt.Errorf("looking at the backup: %w", err)
		}
		there[o.Name] = o.Size
	}
	var findings []Finding
	for _, o := range m.Objects {
		size, ok := there[o.Name]
		switch {
		case o.isInline():
		case !ok:
			findings = append(findings, Finding{o.Name, "it is missing"})
		case size != o.Size:
			findings = append(findings, Finding{o.Name, fmt.Sprintf("it has %d bytes, not %d", size, o.Size)})
		}
	}
	return findings, nil
}

// Verify reads every object of a backup, and returns those that are not as
// they were written.
func Verify(ctx context.Context, place blob.Bucket, m Manifest, looked func(Progress)) ([]Finding, error) {
	findings, err := Missing(ctx, place, m)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, f := range findings {
		known[f.Name] = true
	}
	p := newProgress(len(m.Objects), m.Bytes(), looked)
	problems := make([]string, len(m.Objects))
	err = abreast(ctx, len(m.Objects), func(ctx context.Context, i int) error {
		o := m.Objects[i]
		if !o.isInline() && !known[o.Name] {
			problems[i] = o.problem(ctx, place)
		}
		p.done(o.Size)
		return ctx.Err()
	})
	for i, problem := range problems {
		if problem != "" {
			findings = append(findings, Finding{m.Objects[i].Name, problem})
		}
	}
	return findings, err
}

// problem reads an object and says in what it is not as it was, "" for nothing.
func (o Object) problem(ctx context.Context, place blob.Bucket) string {
	content := newReader(ctx, place, o.Name, o.Size)
	switch err := content.drain(); {
	case err != nil:
		return err.Error()
	case content.sum() != o.SHA256:
		return "its content is not what was copied"
	}
	return ""
}

// Restore copies a backup into an empty bucket, or one in which a restore of
// the same was interrupted. An object that is not as it was is ErrDamaged; what
// was copied so far stays then.
func Restore(ctx context.Context, place, to blob.Bucket, m Manifest, copied func(Progress)) error {
	p := newProgress(len(m.Objects), m.Bytes(), copied)
	return abreast(ctx, len(m.Objects), func(ctx context.Context, i int) error {
		o := m.Objects[i]
		err := o.restore(ctx, place, to)
		if err == nil {
			err = o.date(ctx, to)
		}
		if err != nil {
			return fmt.Errorf("restoring %s: %w", o.Name, err)
		}
		p.done(o.Size)
		return nil
	})
}

func (o Object) restore(ctx context.Context, place, to blob.Bucket) error {
	var err error
	if o.isInline() {
		err = to.Create(ctx, o.Name, bytes.NewReader(o.Content))
	} else {
		content := newReader(ctx, place, o.Name, o.Size)
		err = to.Create(ctx, o.Name, content)
		if content.err != nil {
			return content.err
		}
		if err == nil && content.sum() != o.SHA256 {
			return fmt.Errorf("%w: its content is not what was copied", ErrDamaged)
		}
	}
	if !errors.Is(err, blob.ErrExist) {
		return err
	}
	there := newReader(ctx, to, o.Name, o.Size)
	if err := there.drain(); err != nil {
		return err
	}
	if there.sum() != o.SHA256 {
		return fmt.Errorf("%w: there is another object of that name", ErrOther)
	}
	return nil
}
