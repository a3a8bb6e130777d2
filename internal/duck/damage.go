package duck

import (
	"errors"
	"io/fs"
	"os"

	"leadlake"
)

// explain says so where err comes from a data file that is not there, or not
// as it was written.
func (e *Engine) explain(files []leadlake.File, err error) error {
	if _, far := e.disk.(Holder); err == nil || far { // whose files are checked when they come
		return err
	}
	for _, f := range files {
		info, missing := os.Stat(e.disk.Path(f.Name))
		if errors.Is(missing, fs.ErrNotExist) || missing == nil && info.Size() != f.Size {
			return leadlake.Errorf(leadlake.Unavailable,
				"The lake's file %s is missing or damaged. Put the lake's folder back from a backup; nothing was changed.", f.Name).Because(err)
		}
	}
	return err
}
