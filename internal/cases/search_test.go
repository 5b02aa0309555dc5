package cases_test

import (
	"testing"

	"stoa/internal/cases"
)

// The model of the queue holds whichever way a search goes; there are too few cases in tests for a word to be common.
func TestCommonWordsAgainstModel(t *testing.T) {
	defer cases.SetFewMost(cases.SetFewMost(2))
	TestQueueAgainstModel(t)
}
