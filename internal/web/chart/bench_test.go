package chart

import (
	"context"
	"fmt"
	"io"
	"testing"
)

func BenchmarkChart(b *testing.B) {
	c := Chart{Frame: Frame{ID: "b", Title: "B", Printer: printer("en")}, Kind: Bars}
	c.Series = []Series{{Name: "s"}}
	for i := range 20 {
		c.Categories = append(c.Categories, fmt.Sprint("Ward number ", i))
		c.Series[0].Values = append(c.Series[0].Values, Num(float64(i*37)))
	}
	for b.Loop() {
		if err := c.Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rendered(b, c))), "bytes")
}
