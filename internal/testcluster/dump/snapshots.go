package dump

import (
	"fmt"
	"path"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// snapshots are the images of the metadata snapshots in a directory, oldest first. One
// that cannot be read is left out, as a controller leaves it out.
func snapshots(files vfs.FS, dir string) ([]*metadata.Image, error) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []*metadata.Image
	for _, e := range entries {
		var end int64
		var epoch int32
		if n, _ := fmt.Sscanf(e.Name(), "%d-%d.checkpoint", &end, &epoch); n != 2 || !strings.HasSuffix(e.Name(), ".checkpoint") {
			continue
		}
		b, err := vfs.ReadFile(files, path.Join(dir, e.Name()), maxFileBytes)
		if err != nil {
			return nil, err
		}
		if image, err := snapshotImage(b, end, epoch); err == nil {
			all = append(all, image)
		}
	}
	return all, nil
}

func snapshotImage(b []byte, end int64, epoch int32) (*metadata.Image, error) {
	var records []wire.Record
	err := batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			return fmt.Errorf("the batch at %d has a wrong CRC", h.BaseOffset)
		}
		some, err := recordsOf(h, raw)
		records = append(records, some...)
		return err
	})
	if err != nil {
		return nil, err
	}
	image, _, err := metadata.Empty().Apply(records, end, epoch)
	return image, err
}

// beginning is the image that a log whose first batch begins at base is replayed from.
func beginning(all []*metadata.Image, base int64) *metadata.Image {
	if base == 0 {
		return metadata.Empty()
	}
	for _, image := range all {
		if image.EndOffset() >= base {
			return image
		}
	}
	return nil
}
