package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"leadlake"
	"leadlake/internal/backup"
	"leadlake/internal/blob"
	"leadlake/internal/blob/cache"
	"leadlake/internal/blob/gcs"
	"leadlake/internal/blob/local"
	"leadlake/internal/config"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

// disk is where a lake or a table lies.
type disk interface {
	duck.Disk
	Close() error
	// Root is the address of a folder in it, as other engines write it.
	Root(folder string) string
}

func isBucket(place string) bool { return strings.HasPrefix(place, gcs.Scheme) }

// openDisk opens the place of the lake, and makes it where there is nothing.
// What holds something else than a lake is refused before anything is written.
// Sealed is a place of backups, which is only read.
func openDisk(ctx context.Context, c config.Config) (d disk, sealed bool, err error) {
	if d, sealed, err = openAnyDisk(ctx, c); err != nil {
		return nil, false, err
	}
	if err := checkFormat(ctx, d, c.Lake); err != nil {
		return nil, false, errors.Join(err, d.Close())
	}
	return d, sealed, nil
}

func openAnyDisk(ctx context.Context, c config.Config) (d disk, sealed bool, err error) {
	if !isBucket(c.Lake) {
		sealed := isPlace(c.Lake)
		d, err := openFolder(c.Lake, sealed)
		return d, sealed, err
	}
	if d, err = openBucket(ctx, c, c.Lake, gcs.Options{}); err != nil {
		return nil, false, err
	}
	if err := checkBucket(ctx, c.Lake, d); err != nil {
		return nil, false, errors.Join(err, d.Close())
	}
	if _, err := d.Size(ctx, backup.Marker); err != nil {
		return d, false, nil //nolint:nilerr // there is no such object, or what reads next says why
	}
	if err := d.Close(); err != nil {
		return nil, true, err
	}
	d, err = openBucket(ctx, c, c.Lake, gcs.Options{ReadOnly: true})
	return d, true, err
}

// isPlace reports whether a folder is a place of backups.
func isPlace(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, backup.Folder))
	return err == nil
}

// folderDisk is a folder of this machine.
type folderDisk struct{ *local.Bucket }

// Root implements disk.
func (d folderDisk) Root(folder string) string { return d.Path(folder) }

func openFolder(dir string, readOnly bool) (disk, error) {
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	open := local.Open
	if readOnly {
		open = local.OpenReadOnly
	}
	d, err := open(dir)
	switch {
	case errors.Is(err, local.ErrNoLinks):
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"The lake's folder %s is on a file system without hard links, where commits cannot be made safely. Choose a folder on a local disk with LEADLAKE_LAKE.", dir).Because(err)
	case err != nil:
		return nil, leadlake.Errorf(leadlake.Unavailable,
			"The lake's folder %s cannot be written. Give this user write permission on it, free some space, or choose another with LEADLAKE_LAKE.", dir).Because(err)
	}
	return folderDisk{d}, nil
}

// bucketDisk is a bucket whose files are kept on this machine while they are
// read, and some of them longer.
type bucketDisk struct {
	*cache.Bucket

	far     *gcs.Bucket
	address string
}

// Root implements disk.
func (d bucketDisk) Root(folder string) string {
	return gcs.Scheme + path.Join(strings.TrimPrefix(d.address, gcs.Scheme), folder)
}

// Close implements disk. The files stay.
func (d bucketDisk) Close() error { return d.far.Close() }

func openBucket(ctx context.Context, c config.Config, address string, o gcs.Options) (disk, error) {
	folder := c.Cache
	if folder == "" {
		users, err := os.UserCacheDir()
		if err != nil {
			return nil, leadlake.Errorf(leadlake.Invalid,
				"This user has no folder where the files of a bucket can be kept. Set one with LEADLAKE_CACHE.").Because(err)
		}
		folder = filepath.Join(users, "leadlake")
	}
	o.Explain, o.Credentials = explainBucket(address), c.GoogleCredentials
	far, err := gcs.Open(ctx, address, o)
	if err != nil {
		return nil, err
	}
	kept, err := cache.Open(far, folder, address, cache.Options{MaxBytes: int64(c.CacheMB) << 20, Keep: isDataFile})
	if err != nil {
		return nil, errors.Join(leadlake.Errorf(leadlake.Unavailable,
			"The folder %s, where the files of a bucket are kept, cannot be written. Choose another with LEADLAKE_CACHE.", folder).Because(err), far.Close())
	}
	return bucketDisk{kept, far, address}, nil
}

// isDataFile says which new files will be read again, under names that are
// never used again.
func isDataFile(name string) bool {
	return path.Ext(name) == ".parquet" && path.Base(path.Dir(name)) != "_delta_log"
}

// explainBucket says in a sentence what a person can do.
func explainBucket(address string) func(error) error {
	return func(err error) error {
		say := func(format string) error { return leadlake.Errorf(leadlake.Unavailable, format, address).Because(err) }
		switch {
		case errors.Is(err, gcs.ErrNoBucket):
			return say("There is no bucket for %s. Create it, or correct the address.")
		case errors.Is(err, gcs.ErrNoCredentials):
			return say("Google does not know who asks for %s. Set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or run: gcloud auth application-default login")
		case errors.Is(err, gcs.ErrDenied):
			return say("The Google account in use may not use %s as it must. Give it the role roles/storage.objectUser on the bucket.")
		case errors.Is(err, gcs.ErrUnreachable):
			return say("Google Cloud Storage does not answer for %s. Check the network of this machine; everything committed so far is kept.")
		}
		return err
	}
}

// checkBucket refuses a place in a bucket that holds something else than a
// lake. It looks for the first name that lies in none of our folders, and where
// the table of leads has no log, which a first sync that was interrupted
// leaves, at all that its folder holds.
func checkBucket(ctx context.Context, address string, b blob.Bucket) error {
	after := ""
	for {
		name, err := firstName(ctx, b, "", after)
		if err != nil {
			return err
		}
		top, _, inside := strings.Cut(name, "/")
		if name == "" {
			break
		}
		if !inside || !slices.Contains(ourFolders(), top) {
			return noLake(address, top)
		}
		after = top + "/\U0010ffff"
	}
	const table = leadtable.Folder + "/"
	log, err := firstName(ctx, b, table+"_delta_log/", "")
	if err != nil || log != "" {
		return err
	}
	for o, err := range b.List(ctx, table, "") {
		if err != nil {
			return fmt.Errorf("opening the lake: %w", err)
		}
		if path.Ext(o.Name) != ".parquet" {
			return noLake(address, o.Name)
		}
	}
	return nil
}

// firstName returns the first name of a listing, "" where it is empty.
func firstName(ctx context.Context, b blob.Bucket, prefix, after string) (string, error) {
	for o, err := range b.List(ctx, prefix, after) {
		if err != nil {
			return "", fmt.Errorf("opening the lake: %w", err)
		}
		return o.Name, nil
	}
	return "", nil
}
