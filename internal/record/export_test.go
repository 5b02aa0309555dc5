package record

// Bounds are those by which a search chooses its way.
type Bounds struct{ One, Many, Merged int }

// SetBounds sets them for a test.
func SetBounds(b Bounds) (back func()) {
	was := Bounds{gatherOne, gatherMany, streamMost}
	gatherOne, gatherMany, streamMost = b.One, b.Many, b.Merged
	return func() { gatherOne, gatherMany, streamMost = was.One, was.Many, was.Merged }
}
