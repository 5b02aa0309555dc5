package shelf

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"time"
)

// evict removes the files not used for longest until the rest fits, but never the one called keep.
func (s *Shelf) evict(keep string) error {
	type item struct {
		name string
		size int64
		used int64 // 0: not since this process began
		made time.Time
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var all []item
	var total int64
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), half) || strings.HasSuffix(e.Name(), sumEnd) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it went in between
		}
		s.mu.Lock()
		used := s.checked[e.Name()].used
		s.mu.Unlock()
		all = append(all, item{e.Name(), info.Size(), used, info.ModTime()})
		total += info.Size()
	}
	slices.SortFunc(all, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.used, b.used), a.made.Compare(b.made), cmp.Compare(a.name, b.name))
	})
	for _, it := range all {
		if total <= s.limit {
			break
		}
		if it.name == keep {
			continue
		}
		if err := s.remove(it.name); err != nil {
			return err
		}
		total -= it.size
	}
	return nil
}
