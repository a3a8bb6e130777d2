package local_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// disk does to a folder what it is told, and tells power.
type disk struct {
	root  *os.Root
	power *power
}

func (d *disk) path(name string) string {
	return filepath.Join(d.root.Name(), filepath.FromSlash(name))
}

func (d *disk) Mkdir(name string, perm fs.FileMode) error {
	if err := d.power.begin(); err != nil {
		return err
	}
	if err := d.root.Mkdir(name, perm); err != nil {
		return err
	}
	d.power.put(d.path(name), &node{path: d.path(name), folder: true})
	return nil
}

func (d *disk) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if err := d.power.begin(); err != nil {
		return nil, err
	}
	f, err := d.root.OpenFile(name, flag, perm)
	if err == nil {
		d.power.put(d.path(name), &node{path: d.path(name)})
	}
	return f, err
}

func (d *disk) Link(oldname, newname string) error {
	if err := d.power.begin(); err != nil {
		return err
	}
	if err := d.root.Link(oldname, newname); err != nil {
		return err
	}
	n := d.power.now[d.path(oldname)]
	n.path = d.path(newname)
	d.power.put(n.path, n)
	return nil
}

func (d *disk) Rename(oldname, newname string) error {
	if err := d.power.begin(); err != nil {
		return err
	}
	if err := d.root.Rename(oldname, newname); err != nil {
		return err
	}
	n := d.power.now[d.path(oldname)]
	n.path = d.path(newname)
	d.power.put(n.path, n)
	d.power.put(d.path(oldname), nil)
	return nil
}

func (d *disk) Remove(name string) error {
	if err := d.power.begin(); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil {
		return err
	}
	d.power.put(d.path(name), nil)
	return nil
}

// Sync fails now and then on a flaky disk.
func (d *disk) Sync(f *os.File) error {
	if err := d.power.begin(); err != nil {
		return err
	}
	if d.power.flaky && d.power.random.IntN(6) == 0 {
		return syscall.EIO
	}
	name := filepath.Clean(f.Name())
	if n := d.power.now[name]; n != nil && !n.folder {
		content, err := os.ReadFile(name)
		n.synced = append([]byte{}, content...)
		return err
	}
	d.power.settle(func(c change) bool { return filepath.Dir(c.path) == name })
	return nil
}
