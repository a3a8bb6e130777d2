package delta

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strconv"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/RoaringBitmap/roaring/v2/roaring64"
	"github.com/google/uuid"
)

// DeletionVector says where it stands which rows of a data file are deleted.
type DeletionVector struct {
	StorageType    string `json:"storageType"` // u, p or i
	PathOrInlineDV string `json:"pathOrInlineDv"`
	Offset         *int64 `json:"offset,omitempty"`
	SizeInBytes    int64  `json:"sizeInBytes"`
	Cardinality    int64  `json:"cardinality"` // number of deleted rows
}

// id tells deletion vectors of one file apart; "" for none.
func (d *DeletionVector) id() string {
	switch {
	case d == nil:
		return ""
	case d.Offset == nil:
		return d.StorageType + d.PathOrInlineDV
	}
	return d.StorageType + d.PathOrInlineDV + "@" + strconv.FormatInt(*d.Offset, 10)
}

// Deleted returns the positions, from 0, of the deleted rows of a live file;
// nil where it has none.
func (t *Table) Deleted(ctx context.Context, a Add) (*roaring64.Bitmap, error) {
	d := a.DeletionVector
	if d == nil {
		return nil, nil //nolint:nilnil // no vector is what most files have, and no error
	}
	rows, err := t.readVector(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("reading the deletion vector of %s: %w", a.Path, err)
	}
	if count := rows.GetCardinality(); count != uint64(d.Cardinality) { //nolint:gosec // a negative one differs, too
		return nil, fmt.Errorf("%w: the deletion vector of %s has %d rows, not %d", ErrDamaged, a.Path, count, d.Cardinality)
	}
	return rows, nil
}

func (t *Table) readVector(ctx context.Context, d *DeletionVector) (*roaring64.Bitmap, error) {
	if d.StorageType == "i" {
		return parseInline(d)
	}
	name, err := vectorName(d, t.options.Root)
	if err != nil {
		return nil, err
	}
	name = path.Join(t.log.folder, name)
	offset := int64(1) // behind the file's version
	if d.Offset != nil {
		offset = *d.Offset
	}
	if offset < 1 || d.SizeInBytes < 0 || d.SizeInBytes > maxVector {
		return nil, fmt.Errorf("%w: offset %d, size %d", ErrDamaged, offset, d.SizeInBytes)
	}
	version, err := t.log.bucket.GetRange(ctx, name, 0, 1)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if version[0] != 1 {
		return nil, fmt.Errorf("%w: deletion vector file version %d in %s", ErrUnsupported, version[0], name)
	}
	data, err := t.log.bucket.GetRange(ctx, name, offset, d.SizeInBytes+8)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	size, sum := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[len(data)-4:])
	data = data[4 : len(data)-4]
	if int64(size) != d.SizeInBytes || crc32.ChecksumIEEE(data) != sum {
		return nil, fmt.Errorf("%w: size or checksum in %s", ErrDamaged, name)
	}
	return parseBitmap(data)
}

func parseInline(d *DeletionVector) (*roaring64.Bitmap, error) {
	data, err := decodeZ85(d.PathOrInlineDV)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) < d.SizeInBytes || d.SizeInBytes < 0 {
		return nil, fmt.Errorf("%w: %d bytes inline, not %d", ErrDamaged, len(data), d.SizeInBytes)
	}
	return parseBitmap(data[:d.SizeInBytes])
}

// maxVector bounds how much a log can make us read at once.
const maxVector = 1 << 30

// vectorName returns the key in the table's folder of the file that holds a
// deletion vector.
func vectorName(d *DeletionVector, root string) (string, error) {
	if d == nil {
		return "", fmt.Errorf("%w: no deletion vector", ErrDamaged)
	}
	name, err := "", error(nil)
	switch d.StorageType {
	case "u":
		name, err = vectorOfUUID(d.PathOrInlineDV)
	case "p":
		name, err = canonical(d.PathOrInlineDV, root)
	default:
		err = fmt.Errorf("%w: deletion vector of storage type %q", ErrUnsupported, d.StorageType)
	}
	if err == nil {
		err = checkInside(name)
	}
	return name, err
}

// vectorOfUUID reads a folder, which may be empty, and a UUID in Z85 behind it.
func vectorOfUUID(text string) (string, error) {
	cut := max(0, len(text)-20)
	data, err := decodeZ85(text[cut:])
	if err != nil {
		return "", err
	}
	id, err := uuid.FromBytes(data)
	if err != nil {
		return "", fmt.Errorf("%w: deletion vector name %q: %w", ErrDamaged, text, err)
	}
	return path.Join(text[:cut], "deletion_vector_"+id.String()+".bin"), nil
}

// The two forms of a bitmap. The protocol's own example of an inline vector is
// of the older one, with big-endian numbers.
const (
	magicNative   = 1681511376
	magicPortable = 1681511377
)

// parseBitmap reads a 64-bit Roaring bitmap behind a magic number.
func parseBitmap(data []byte) (rows *roaring64.Bitmap, err error) {
	if len(data) < 4 {
		return nil, fmt.Errorf("%w: no Roaring bitmap", ErrDamaged)
	}
	defer func() { // the library trusts what it reads
		if failure := recover(); failure != nil {
			rows, err = nil, fmt.Errorf("%w: Roaring bitmap: %v", ErrDamaged, failure)
		}
	}()
	little, big := binary.LittleEndian.Uint32(data), binary.BigEndian.Uint32(data)
	switch {
	case little == magicPortable:
		rows, err = parsePortable(data[4:])
	case little == magicNative:
		rows, err = parseNative(data[4:], binary.LittleEndian)
	case big == magicNative:
		rows, err = parseNative(data[4:], binary.BigEndian)
	default:
		err = errors.New("magic number")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: Roaring bitmap: %w", ErrDamaged, err)
	}
	return rows, nil
}

// parsePortable reads an array of 32-bit bitmaps, each behind its key.
func parsePortable(data []byte) (*roaring64.Bitmap, error) {
	const least = 12 // bytes of a key and the smallest bitmap
	if len(data) < 8 || binary.LittleEndian.Uint64(data) > uint64(len(data))/least {
		return nil, io.ErrUnexpectedEOF // the library would make room for as many as it says
	}
	rows := roaring64.New()
	if _, err := rows.ReadFrom(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	return rows, rows.Validate()
}

// parseNative reads an array of 32-bit bitmaps, each behind its size.
func parseNative(data []byte, order binary.ByteOrder) (*roaring64.Bitmap, error) {
	rows := roaring64.New()
	if len(data) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	count, data := order.Uint32(data), data[4:]
	for high := range uint64(count) {
		if len(data) < 4 || int64(len(data)-4) < int64(order.Uint32(data)) {
			return nil, io.ErrUnexpectedEOF
		}
		size := int(order.Uint32(data))
		low := roaring.New()
		if _, err := low.ReadFrom(bytes.NewReader(data[4 : 4+size])); err != nil {
			return nil, err
		}
		if err := low.Validate(); err != nil {
			return nil, err
		}
		for _, position := range low.ToArray() {
			rows.Add(high<<32 | uint64(position))
		}
		data = data[4+size:]
	}
	return rows, nil
}
