package process_test

import (
	"testing"

	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/jurisdictions"
)

// The sample's own services, as they are sent: the first worked example of each.
func BenchmarkJudgeGreenvale(b *testing.B) {
	j, problems := service.Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for _, s := range j.Services {
		if s.Service != "temporary-event-notice" && s.Service != "premises-licence" {
			continue
		}
		example := s.Examples[0]
		typed := process.TypedFrom(s, example.Answers)
		situation := process.Situation{Service: s, Today: example.Submitted}
		b.Run(s.Service, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judge(b, situation, typed)
			}
		})
	}
}
