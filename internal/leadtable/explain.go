package leadtable

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"leadlake"
	"leadlake/internal/delta"
)

// Explain turns what went wrong below into a sentence for people, where we
// know what they can do about it. It is nil for nil.
func Explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := errors.AsType[*leadlake.Error](err); known || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	switch {
	case IsFull(err):
		return leadlake.Errorf(leadlake.Unavailable,
			"The disk of the lake is full. Nothing was lost and nothing is half-written; free some space and try again.").Because(err)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return leadlake.Errorf(leadlake.Unavailable,
			"The lake cannot be written. Give this user write permission on its folder, or choose another with LEADLAKE_LAKE.").Because(err)
	case errors.Is(err, delta.ErrUnsupported):
		return leadlake.Errorf(leadlake.Unavailable,
			"A table of the lake needs something that this version of Leadlake does not understand (%v). Install a newer Leadlake; nothing was changed.", err)
	case errors.Is(err, delta.ErrDamaged):
		return leadlake.Errorf(leadlake.Unavailable,
			"A table of the lake is damaged (%v). Nothing was changed; put its folder back from a backup.", err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// IsFull reports whether there was no room left on a disk. It also knows DuckDB's
// words for it.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		strings.Contains(err.Error(), "No space left on device")
}
