package vault

import (
	"container/list"
	"crypto/cipher"
	"sync"
	"time"
)

const (
	maxCached = 10_000      // about 10 MB
	cacheTime = time.Minute // how long a node may not notice another node's Erase
)

// cache holds unwrapped keys of the subjects used last, for a bounded time.
type cache struct {
	mu    sync.Mutex
	max   int
	items map[string]*list.Element
	order *list.List // used last in front
}

type cached struct {
	subject string
	key     cipher.AEAD // nil: erased
	since   time.Time
}

func newCache(max int) *cache {
	return &cache{max: max, items: map[string]*list.Element{}, order: list.New()}
}

func (c *cache) get(subject string, now time.Time) (key cipher.AEAD, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.items[subject]
	if e == nil {
		return nil, false
	}
	it := e.Value.(*cached)
	if age := now.Sub(it.since); it.key != nil && (age < 0 || age > cacheTime) {
		c.remove(e)
		return nil, false
	}
	c.order.MoveToFront(e)
	return it.key, true
}

// put keeps a key, but never one of a subject that was buried: the row may have been read before the erasure.
func (c *cache) put(subject string, key cipher.AEAD, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[subject]; e != nil {
		if it := e.Value.(*cached); it.key != nil {
			it.key, it.since = key, now
		}
		return
	}
	c.add(&cached{subject, key, now})
}

func (c *cache) drop(subject string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[subject]; e != nil {
		c.remove(e)
	}
}

// bury remembers that the subject was erased.
func (c *cache) bury(subject string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.items[subject]; e != nil {
		c.remove(e)
	}
	c.add(&cached{subject: subject})
}

func (c *cache) add(it *cached) {
	c.items[it.subject] = c.order.PushFront(it)
	for c.order.Len() > c.max {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	delete(c.items, c.order.Remove(e).(*cached).subject)
}
