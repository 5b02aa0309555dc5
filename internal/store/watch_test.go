package store

import (
	"testing"
	"time"
)

func TestTheEndOfTheLogIsThatOfARecord(t *testing.T) {
	const file, page = 16 << 20, 8192
	for at, want := range map[uint64]uint64{
		7*file + 40: 7 * file, 7*file + 24: 7 * file, 7*file + page + 24: 7*file + page,
		7*file + page + 40: 7*file + page + 40, 7*file + 48: 7*file + 48, 7 * file: 7 * file, 7*file + page + 25: 7*file + page + 25,
	} {
		if got := beforeHead(at, file, page); got != want {
			t.Errorf("%x: %x, want %x", at, got, want)
		}
	}
}

func TestPositionsAreReadAsTheyAreWritten(t *testing.T) {
	for _, p := range []position{{1, 0}, {1<<48 - 1, 1<<64 - 1}, {77, 0x16B374D848}} {
		if got, ok := readPosition(p.String()); !ok || got != p || len(p.String()) > 32 {
			t.Errorf("%v: %q, %v", p, p, got)
		}
	}
	if lsn, ok := readLSN("16/B374D848"); !ok || lsn != 0x16B374D848 {
		t.Errorf("%x, %v", lsn, ok)
	}
	for _, s := range []string{"", "16", "16/", "/1", "x/1", "1/100000000", "-1/1"} {
		if lsn, ok := readLSN(s); ok {
			t.Errorf("%q is %x", s, lsn)
		}
	}
}

// How far behind a standby is at most is told by what had been the end of the log, and when.
func TestWhatAStandbyHas(t *testing.T) {
	var l lineage
	begun := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for i := range 40 {
		l.note("timeline 1", position{5, uint64(100 * i)}, begun.Add(time.Duration(i)*time.Second), 10*time.Second)
	}
	for lsn, want := range map[uint64]int{3900: 39, 9999: 39, 3899: 38, 3000: 30, 2900: 29} {
		if got := l.had(lsn); !got.Equal(begun.Add(time.Duration(want) * time.Second)) {
			t.Errorf("%d: %v", lsn, got)
		}
	}
	if at := l.had(2799); !at.IsZero() {
		t.Errorf("older than is remembered: %v", at)
	}
	if !l.note("timeline 2", position{6, 50}, begun, 10*time.Second) || !l.had(49).IsZero() || l.mark() != 6 {
		t.Error("what was known of another timeline counts for nothing")
	}
}
