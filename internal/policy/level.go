package policy

import "time"

// Level is how sure it is that somebody is who they say: the levels of assurance of eIDAS (Regulation (EU) 910/2014,
// article 8). The zero value is a visitor.
type Level int

// The levels.
const (
	Unknown     Level = iota
	Low               // holds the address, or a key made by whoever held it
	Substantial       // a scheme vouches, or a key that was made under its eyes
	High              // a scheme vouches, in person and with a device that cannot be copied
)

var levelNames = [...]string{"", "low", "substantial", "high"}

// String is the level as files write it.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return ""
	}
	return levelNames[l]
}

// LevelOf is the level of a name; Unknown for no such name.
func LevelOf(name string) Level {
	for i, n := range levelNames {
		if n == name {
			return Level(i)
		}
	}
	return Unknown
}

// FreshFor is how long showing who one is counts, where money, rights or keys are at stake.
const FreshFor = 10 * time.Minute

// Fresh reports whether the actor has shown who they are just now.
func Fresh(a Actor, now time.Time) bool {
	return a.System || a.Person != "" && now.Sub(a.Proved) <= FreshFor
}
