package process

import "stoa/internal/service"

// TypedFrom turns answers written naturally, as in a worked example, into what a person would have
// typed. Uploads are left out: a file has to be there before it can be named.
func TypedFrom(s *service.Service, answers map[string]any) Typed {
	t := exampleTyper{s: s, picks: map[string]Pick{}, files: map[string]File{}}
	var typed Typed
	for _, p := range s.Pages {
		t.level(&typed, p.Questions, answers)
	}
	for _, q := range s.Questions {
		if q.Type == typeFile && q.Parent == nil {
			typed.Set(q.ID)
		}
	}
	return typed
}

// SituationFrom is what stands around answers written as in a worked example: the records chosen, the
// files, what the registers say; with what a person would have typed.
func SituationFrom(s *service.Service, e *service.ExampleFile) (Situation, Typed) {
	return (&exampleRun{s: s, e: e}).situation()
}
