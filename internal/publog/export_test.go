package publog

import "time"

// BreakAt lets a test break off the sequencer's work at a step, as if the process had died there.
func (s *Sequencer) BreakAt(f func(step string) error) { s.step = f }

// Steps are where it can.
var Steps = []string{"placed", "sequenced", "checked", "signed", "published"}

// Batch is how many leaves are given their places at once.
const Batch = batch

// Lease is how long a silent sequencer keeps others out.
const Lease = lease

// SetLease is for tests under a clock that cannot be put forward.
func (s *Sequencer) SetLease(d time.Duration) { s.lease = d }
