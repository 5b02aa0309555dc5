package simulate

import (
	"slices"
	"testing"
)

// TestSmallGroupsAreNotNamed: the name of a group may itself say who is meant.
func TestSmallGroupsAreNotNamed(t *testing.T) {
	c := &counts{fact: "applicant", rows: map[string]*[4]sum{}}
	for range 8 {
		c.add("company", 0, 100, 120)
		c.add("charity", 2, 100, 80)
	}
	c.add("Grace Lin", 0, 100, 120)
	for range 6 {
		c.add("Bridge Inns", 1, 100, 100)
	}
	for range 4 {
		c.add("Loft Rooms", 1, 100, 100)
	}
	g, _, err := c.protect(5)
	if err != nil || g == nil {
		t.Fatal(g, err)
	}
	var names []string
	for _, r := range g.Rows {
		names = append(names, r.Value)
		if r.Value == Others && (r.More >= 0 || !r.Hidden || r.Before != 0) {
			t.Errorf("one of the others pays more, and it shows: %+v", r)
		}
	}
	if !slices.Equal(names, []string{"Bridge Inns", "charity", "company", Others}) {
		t.Errorf("named: %v", names)
	}
}
