package process

import (
	"context"
	"testing"

	"stoa/internal/service"
	"stoa/jurisdictions"
)

// Services of the sample as they are sent: the first worked example of each.
func BenchmarkJudgeGreenvale(b *testing.B) {
	j, problems := service.Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for _, s := range j.Services {
		if s.Service != "temporary-event-notice" && s.Service != "premises-licence" {
			continue
		}
		situation, typed := (&exampleRun{s: s, e: &s.Examples[0]}).situation()
		b.Run(s.Service, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				j, err := Judge(context.Background(), situation, typed)
				if err != nil || !j.Ready() {
					b.Fatal(err, j.Errors)
				}
			}
		})
	}
}
