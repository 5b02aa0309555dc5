package view

import (
	"encoding/json"
	"fmt"

	"stoa/internal/document"
)

// decodeDocument reads a letter as flow stored it.
func decodeDocument(stored []byte) (d document.Document, err error) {
	if err := json.Unmarshal(stored, &d); err != nil {
		return d, fmt.Errorf("reading a stored letter: %w", err)
	}
	return d, nil
}
