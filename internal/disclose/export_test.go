package disclose

// Apply is for tests of the steps.
func Apply(s Step, value string) (string, bool) { return s.apply(value) }
