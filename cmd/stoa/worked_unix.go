//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorTime is how long processors have worked for this process: others who want them too do not make it longer.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
