package tabular

import (
	"bytes"
	"io"

	"leadlake"
)

const (
	// leastUnpacked and mostUnpacked bound what a part of a workbook may become.
	leastUnpacked = 32 << 20
	mostUnpacked  = 1 << 30
	// packing is how many times larger than the file a part may be: rows of
	// spreadsheets that are much alike become a thirtieth.
	packing = 100
	// maxToken bounds what stands between two tags, which is held in memory. A
	// cell of Excel's has 32,767 characters at most.
	maxToken = 1 << 20
	// maxShared bounds the texts that cells refer to, which are, too.
	maxShared = 192 << 20
)

func allowance(size int64) int64 {
	return min(max(leastUnpacked, size*packing), mostUnpacked)
}

// unpacking reads a part of a workbook, as far as it stays within its bounds:
// a few kilobytes can unpack to terabytes.
type unpacking struct {
	in         io.ReadCloser
	left, most int64
	token      int // bytes since a tag began
}

// Read implements io.Reader.
func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.in.Read(p)
	u.left -= int64(n)
	for rest := p[:n]; len(rest) > 0; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			u.token += len(rest)
			break
		}
		u.token, rest = 0, rest[i+1:]
	}
	switch {
	case u.left < 0:
		return 0, leadlake.Errorf(leadlake.Invalid, "The workbook unpacks to more than %d MB, which no table of leads does: save the sheet alone, as CSV.", u.most>>20)
	case u.token > maxToken:
		return 0, leadlake.Errorf(leadlake.Invalid, "A cell of the workbook is longer than a cell can be.")
	}
	return n, err
}

// Close implements io.Closer.
func (u *unpacking) Close() error { return u.in.Close() }
