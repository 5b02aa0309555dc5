package cases

// SetFewMost lets a test see both ways in which a search goes: from the words, and along the queue.
func SetFewMost(n int) (before int) {
	before, fewMost = fewMost, n
	return before
}
