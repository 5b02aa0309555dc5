package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"stoa/internal/web/page"
)

// printing measures printing alone: a page of ten questions, each with what is wrong with its answer.
func printing(ctx context.Context, o options) (result, error) {
	form := page.Group{page.ErrorSummary{TitleText: "There is a problem"}}
	for i := range 10 {
		form = append(form, page.Input{
			Name: fmt.Sprintf("question-%d", i), Value: "an answer that is wrong", Label: page.Label{Text: "What is asked here?"},
			Hint: page.Hint{Text: "A sentence that helps with the answer."}, ErrorMessage: page.ErrorMessage{Text: "Enter what is asked"},
		})
	}
	form = append(form, page.Button{Text: "Save and continue"})
	shell := page.Shell{Lang: "en", Dir: "ltr", Title: "A page of questions", Failed: true, JurisdictionName: "Greenvale Council"}
	whole := page.Layout(shell, page.Form{HTML: form})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return load(1, o.each, func(int, int) error { return whole.Render(ctx, io.Discard) })
}
