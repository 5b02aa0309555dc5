package allocate

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
)

func cpu() float64 {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return float64(r.Utime.Sec) + float64(r.Utime.Usec)/1e6
}
func showG(c *Cases, work int64, name string, opt float64) {
	t0 := cpu()
	a, err := c.Solve(Limits{Work: work, Progress: func(o, b float64) {
		if os.Getenv("P") != "" {
			fmt.Println("   ", o, b, cpu()-t0)
		}
	}})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s opt %v: %v %v bound %v gap %.3f%% cpu %.2f\n", name, opt, a.Status, a.Objective, a.Bound, a.Gap*100, cpu()-t0)
	if len(a.More) > 0 {
		fmt.Println("  ", a.More[0])
	}
}
func TestG(t *testing.T) {
	work := int64(5000000)
	for i := 0; i < 5; i++ {
		raw, _ := os.ReadFile(fmt.Sprintf("/work/shared/data/forecast/allocation/gap_%d.json", i))
		var f struct {
			Time, Cost [][]*float64
			Cap        []float64
			Best       struct{ Obj float64 }
		}
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		c := &Cases{Room: f.Cap}
		for j := range f.Time {
			var a, b []float64
			for k := range f.Cap {
				if f.Time[j][k] == nil {
					a = append(a, math.NaN())
					b = append(b, math.NaN())
				} else {
					a = append(a, *f.Time[j][k])
					b = append(b, *f.Cost[j][k])
				}
			}
			c.Time = append(c.Time, a)
			c.Cost = append(c.Cost, b)
		}
		showG(c, work, fmt.Sprint(i), f.Best.Obj)
	}
}
func TestH(t *testing.T) {
	for s := 0; s < 4; s++ {
		r := rand.New(rand.NewPCG(uint64(s), 5))
		c := &Cases{}
		tot := 0.0
		for j := 0; j < 100; j++ {
			var a, b []float64
			mn := 99.0
			for k := 0; k < 10; k++ {
				if r.IntN(3) == 0 && k > 0 {
					a = append(a, math.NaN())
					b = append(b, math.NaN())
					continue
				}
				tt := float64(15 + r.IntN(46))
				mn = min(mn, tt)
				a = append(a, tt)
				b = append(b, float64(5+r.IntN(31)+(60-int(tt))/3))
			}
			c.Time = append(c.Time, a)
			c.Cost = append(c.Cost, b)
			tot += mn
		}
		for k := 0; k < 10; k++ {
			c.Room = append(c.Room, math.Round(tot*1.27/10))
		}
		for _, w := range []int64{500000, 4000000, 30000000} {
			showG(c, w, fmt.Sprint("100x10 ", s), 0)
		}
	}
}
