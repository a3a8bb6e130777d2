package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrUnlike says that files do not fit together: they were not written by the
// same program, do not have the same rows, or differ in the types of columns.
var ErrUnlike = errors.New("the files do not fit together")

// Patched is a file that is put together from others.
type Patched struct {
	Content io.Reader // its bytes, as long as the others can be read
	Size    int64     // how many they are

	description
}

// Patch returns a file of old's rows: in the row groups for which there is a
// file in fresh, that file's columns stand for old's of the same name. A file
// in fresh is one row group, whose rows belong to those of old's one by one.
// All else is copied as it is stored.
func Patch(old *File, fresh map[int]*File) (*Patched, error) {
	had := old.Columns()
	for i, f := range fresh {
		if err := fit(old, i, f, had); err != nil {
			return nil, err
		}
	}
	footer := old.footer.clone()
	p := patch{}
	p.add(strings.NewReader(magic), 0, int64(len(magic)))
	groups := footer.field(fileGroups).items
	for i := range groups {
		if err := p.group(&groups[i], old, fresh[i], i); err != nil {
			return nil, err
		}
	}
	if err := p.addBlooms(); err != nil {
		return nil, err
	}
	end := footer.append(nil)
	end = binary.LittleEndian.AppendUint32(end, uint32(len(end))) //nolint:gosec // hardly longer than old's
	end = append(end, magic...)
	p.add(bytes.NewReader(end), 0, int64(len(end)))
	readers := make([]io.Reader, len(p.pieces))
	for i, piece := range p.pieces {
		readers[i] = piece
	}
	return &Patched{Content: io.MultiReader(readers...), Size: p.size, description: describe(footer)}, nil
}

// fit checks that fresh can stand for columns of the i-th row group of old,
// which had these columns.
func fit(old *File, i int, fresh *File, had map[string]string) error {
	switch {
	case old.writer() == "" || old.writer() != fresh.writer():
		return fmt.Errorf("%w: written by %q and by %q", ErrUnlike, old.writer(), fresh.writer())
	case old.footer.has(fileEncryption) || fresh.footer.has(fileEncryption):
		return fmt.Errorf("%w: encrypted", ErrUnlike)
	case i < 0 || i >= len(old.groups) || !slices.Equal(fresh.Groups(), old.Groups()[i:i+1]):
		return fmt.Errorf("%w: row groups of %d rows are not the one at %d of %d", ErrUnlike, fresh.Groups(), i, old.Groups())
	}
	for name, described := range fresh.Columns() {
		if had[name] != described {
			return fmt.Errorf("%w: column %q", ErrUnlike, name)
		}
	}
	return nil
}

// patch is a file as it is put together.
type patch struct {
	pieces []*piece
	size   int64
	blooms []bloom
}

// bloom is a Bloom filter that is to be copied, and whose it is.
type bloom struct {
	meta *value // ColumnMetaData
	from *File
}

// group copies the chunks of old's i-th row group, or those that fresh has
// instead, and makes g say where they are now.
func (p *patch) group(g *value, old, fresh *File, i int) error {
	var instead []chunk
	if fresh != nil {
		instead = fresh.groups[0].chunks
	}
	begin, total, compressed, replaced := p.size, int64(0), int64(0), 0
	chunks := g.field(groupChunks).items
	for j := range chunks {
		from := old
		if k := slices.IndexFunc(instead, old.groups[i].chunks[j].same); k >= 0 {
			from, chunks[j] = fresh, instead[k].of.clone()
			replaced++
		}
		if err := p.chunk(&chunks[j], from); err != nil {
			return err
		}
		meta := chunks[j].field(chunkMeta)
		total, compressed = total+meta.field(metaBytes).number, compressed+meta.field(metaCompressed).number
	}
	if replaced != len(instead) {
		return fmt.Errorf("%w: row group %d has %d of %d columns", ErrUnlike, i, replaced, len(instead))
	}
	g.drop(groupSorting, groupOffset)
	g.set(groupBytes, total)
	g.set(groupOffset, begin)
	g.set(groupCompressed, compressed)
	return nil
}

// chunk copies the pages of a column and makes c say where they are now.
func (p *patch) chunk(c *value, from *File) error {
	c.drop(chunkPageIndex, chunkAfterIndex) // it is full of places
	meta := c.field(chunkMeta)
	begin := meta.field(metaDataPage).number
	if dictionary := meta.field(metaDictionary).number; dictionary > 0 {
		begin = min(begin, dictionary)
	}
	shift := p.size - begin
	if err := p.copy(from, begin, meta.field(metaCompressed).number); err != nil {
		return err
	}
	for _, place := range []int64{metaDataPage, metaIndexPage, metaDictionary} {
		if at := meta.field(place).number; at > 0 {
			meta.set(place, at+shift)
		}
	}
	if c.field(chunkOffset).number > 0 {
		c.set(chunkOffset, begin+shift)
	}
	if !meta.has(metaBloom) || !meta.has(metaBloomLength) {
		meta.drop(metaBloom, metaBloomLength+1)
		return nil
	}
	p.blooms = append(p.blooms, bloom{meta: meta, from: from})
	return nil
}

// addBlooms copies the Bloom filters, which lie behind all pages.
func (p *patch) addBlooms() error {
	for _, b := range p.blooms {
		at := p.size
		if err := p.copy(b.from, b.meta.field(metaBloom).number, b.meta.field(metaBloomLength).number); err != nil {
			return err
		}
		b.meta.set(metaBloom, at)
	}
	return nil
}

// copy adds what lies in a file.
func (p *patch) copy(from *File, at, length int64) error {
	if at < int64(len(magic)) || length < 0 || at > from.end || length > from.end-at {
		return fmt.Errorf("reading footer: it speaks of %d bytes from %d, and the file has %d", length, at, from.end)
	}
	p.add(from.data, at, length)
	return nil
}

func (p *patch) add(data io.ReaderAt, at, length int64) {
	p.size += length
	if n := len(p.pieces); n > 0 && p.pieces[n-1].data == data && p.pieces[n-1].at+p.pieces[n-1].left == at {
		p.pieces[n-1].left += length
		return
	}
	p.pieces = append(p.pieces, &piece{data: data, at: at, left: length})
}

// piece reads so many bytes, not fewer.
type piece struct {
	data     io.ReaderAt
	at, left int64
}

// Read implements io.Reader.
func (p *piece) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n, err := p.data.ReadAt(b[:min(int64(len(b)), p.left)], p.at)
	p.at, p.left = p.at+int64(n), p.left-int64(n)
	switch {
	case p.left == 0:
		err = nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
