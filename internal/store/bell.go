package store

import "sync"

// bells wake the workers of this process when rows for them were committed. What they miss (another process's rows, a
// bell before they listened) they find by looking into the table now and then.
type bells struct {
	mu    sync.Mutex
	chans map[string]map[chan struct{}]bool
}

// Listen gives a channel that receives after each commit that called Notify with the topic; several commits in short
// order may give one receive. stop ends it.
func (db *DB) Listen(topic string) (rings <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	b := &db.bells
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chans == nil {
		b.chans = map[string]map[chan struct{}]bool{}
	}
	if b.chans[topic] == nil {
		b.chans[topic] = map[chan struct{}]bool{}
	}
	b.chans[topic][ch] = true
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.chans[topic], ch)
	}
}

func (b *bells) ring(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.chans[topic] {
		select {
		case ch <- struct{}{}:
		default: // already rung
		}
	}
}
