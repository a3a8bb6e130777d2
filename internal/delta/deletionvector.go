package delta

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strconv"

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
		data, err := decodeZ85(d.PathOrInlineDV)
		if err != nil {
			return nil, err
		}
		if int64(len(data)) < d.SizeInBytes || d.SizeInBytes < 0 {
			return nil, fmt.Errorf("%w: %d bytes inline, not %d", ErrDamaged, len(data), d.SizeInBytes)
		}
		return parseBitmap(data[:d.SizeInBytes])
	}
	name, err := t.vectorName(d)
	if err != nil {
		return nil, err
	}
	offset := int64(1) // behind the file's version
	if d.Offset != nil {
		offset = *d.Offset
	}
	if offset < 1 || d.SizeInBytes < 0 || d.SizeInBytes > maxVector {
		return nil, fmt.Errorf("%w: offset %d, size %d", ErrDamaged, offset, d.SizeInBytes)
	}
	version, err := t.log.bucket.GetRange(ctx, name, 0, 1)
	if err == nil && version[0] != 1 {
		return nil, fmt.Errorf("%w: deletion vector file version %d in %s", ErrUnsupported, version[0], name)
	}
	var data []byte
	if err == nil {
		data, err = t.log.bucket.GetRange(ctx, name, offset, d.SizeInBytes+8)
	}
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

// maxVector bounds how much a log can make us read at once.
const maxVector = 1 << 30

// vectorName returns the key of the file that holds a deletion vector.
func (t *Table) vectorName(d *DeletionVector) (string, error) {
	name := ""
	switch d.StorageType {
	case "u":
		prefix, encoded := "", d.PathOrInlineDV
		if cut := len(encoded) - 20; cut >= 0 {
			prefix, encoded = encoded[:cut], encoded[cut:]
		}
		data, err := decodeZ85(encoded)
		if err != nil {
			return "", err
		}
		id, err := uuid.FromBytes(data)
		if err != nil {
			return "", fmt.Errorf("%w: deletion vector name %q: %w", ErrDamaged, d.PathOrInlineDV, err)
		}
		name = path.Join(prefix, "deletion_vector_"+id.String()+".bin")
	case "p":
		var err error
		if name, err = canonical(d.PathOrInlineDV, t.options.Root); err != nil {
			return "", err
		}
	default:
		return "", fmt.Errorf("%w: deletion vector of storage type %q", ErrUnsupported, d.StorageType)
	}
	if err := checkInside(name); err != nil {
		return "", err
	}
	return path.Join(t.log.folder, name), nil
}

// parseBitmap reads a 64-bit Roaring bitmap behind one of the protocol's magic
// numbers.
func parseBitmap(data []byte) (rows *roaring64.Bitmap, err error) {
	const portableMagic, nativeMagic = 1681511377, 1681511376
	if len(data) < 4 {
		return nil, fmt.Errorf("%w: no Roaring bitmap", ErrDamaged)
	}
	defer func() { // the library trusts what it reads
		if failure := recover(); failure != nil {
			rows, err = nil, fmt.Errorf("%w: Roaring bitmap: %v", ErrDamaged, failure)
		}
	}()
	var portable []byte
	switch {
	case binary.LittleEndian.Uint32(data) == portableMagic:
		portable = data[4:]
	case binary.BigEndian.Uint32(data) == nativeMagic: // of which the protocol's own example is
		portable, err = portableOf(data[4:])
	default:
		return nil, fmt.Errorf("%w: no Roaring bitmap", ErrDamaged)
	}
	rows = roaring64.New()
	if err == nil {
		_, err = rows.ReadFrom(bytes.NewReader(portable))
	}
	if err == nil {
		err = rows.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: Roaring bitmap: %w", ErrDamaged, err)
	}
	return rows, nil
}

// portableOf rewrites the native form: the number of bitmaps, then each with
// its size before it. The place of a bitmap is the upper half of its rows.
func portableOf(native []byte) ([]byte, error) {
	if len(native) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	count := binary.BigEndian.Uint32(native)
	native = native[4:]
	portable := binary.LittleEndian.AppendUint64(nil, uint64(count))
	for upper := range count {
		if len(native) < 4 || int64(binary.BigEndian.Uint32(native)) > int64(len(native)-4) {
			return nil, io.ErrUnexpectedEOF
		}
		end := 4 + binary.BigEndian.Uint32(native)
		portable = append(binary.LittleEndian.AppendUint32(portable, upper), native[4:end]...)
		native = native[end:]
	}
	return portable, nil
}
