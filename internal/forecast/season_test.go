package forecast

import (
	"math"
	"testing"
)

// passengers are monthly totals of international airline passengers, 1949 to 1960, in thousands: Box & Jenkins,
// Time Series Analysis, 1976, series G (R's AirPassengers).
var passengers = []float64{
	112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,
	115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
	145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
	171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
	196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
	204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
	242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
	284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
	315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
	340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
	360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
	417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
}

// nile is the yearly flow of the Nile at Aswan, 1871 to 1970, in 10^8 m³: Cobb, Biometrika 65 (1978) 243-251 (R's Nile).
var nile = []float64{
	1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
	1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
	831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
	781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
	744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
}

// R 4: decompose(AirPassengers, "multiplicative")$figure, and decompose(AirPassengers)$figure.
func TestIndicesAreThoseOfR(t *testing.T) {
	for _, c := range []struct {
		ratio bool
		want  []float64
	}{
		{true, []float64{.9102304, .8836253, 1.0073663, .9759060, .9813780, 1.1127758, 1.2265555, 1.2199110, 1.0604919, .9217572, .8011781, .8988244}},
		{false, []float64{-24.748737, -36.188131, -2.241162, -8.036616, -4.506313, 35.402778, 63.830808, 62.823232, 16.520202, -20.642677, -53.593434, -28.619949}},
	} {
		for i, got := range indices(passengers, 12, c.ratio) {
			if math.Abs(got-c.want[i]) > 1e-6 {
				t.Errorf("ratio %v, month %d: %v, not %v", c.ratio, i+1, got, c.want[i])
			}
		}
	}
}

func TestSeasonsAreTold(t *testing.T) {
	if !seasonal(passengers, 12) {
		t.Error("the airline's year was not seen")
	}
	if seasonal(nile, 12) {
		t.Error("the Nile's yearly flows were given a season of twelve")
	}
	if seasonal(passengers[:35], 12) {
		t.Error("less than three periods were believed")
	}
}

// Naive2 by its definition, with the figures of R above.
func TestNaive2(t *testing.T) {
	got := Naive2(passengers, 12, 2)
	for i, want := range []float64{432 / .8988244 * .9102304, 432 / .8988244 * .8836253} {
		if math.Abs(got[i]-want) > 1e-3 {
			t.Errorf("step %d: %v, not %v", i+1, got[i], want)
		}
	}
}

// A straight line with an unchanging season is taken apart without loss, whatever the smoothing.
func TestSTLTakesApart(t *testing.T) {
	season := []float64{5, -1, 0, -4}
	y := make([]float64, 43)
	for i := range y {
		y[i] = 100 + 3*float64(i) + season[i%4]
	}
	p := stl(y, 4, seasonWindow)
	for i := range y {
		if math.Abs(p.season[i]-season[i%4]) > 1e-9 || math.Abs(p.trend[i]-100-3*float64(i)) > 1e-9 || math.Abs(p.rest[i]) > 1e-9 {
			t.Fatalf("step %d: trend %v, season %v, rest %v", i, p.trend[i], p.season[i], p.rest[i])
		}
	}
}

// The rows of weights against weighted least squares written out at every place.
func TestLoessAgainstLeastSquares(t *testing.T) {
	for _, window := range []int{3, 7, 21, 101} {
		y := nile[:40]
		n := len(y)
		got := make([]float64, n)
		loessRows(n, window).smooth(y, got)
		q := min(window, n)
		for i := range y {
			from := min(max(i-window/2, 0), n-q)
			reach := math.Max(float64(i-from), float64(from+q-1-i))
			if window > n {
				reach += float64((window - n) / 2)
			}
			var sw, sx, sy, sxx, sxy float64
			for j := from; j < from+q; j++ {
				d := math.Abs(float64(j-i)) / reach
				w := math.Pow(1-d*d*d, 3)
				if d > .999 {
					w = 0
				}
				x := float64(j - i)
				sw, sx, sy, sxx, sxy = sw+w, sx+w*x, sy+w*y[j], sxx+w*x*x, sxy+w*x*y[j]
			}
			want := sy / sw
			if det := sw*sxx - sx*sx; det > 1e-9 {
				want = (sy*sxx - sx*sxy) / det
			}
			if math.Abs(got[i]-want) > 1e-6 {
				t.Fatalf("window %d, place %d: %v, not %v", window, i, got[i], want)
			}
		}
	}
}

// What looks like a season in noise is left in; a real one is taken out nearly whole.
func TestSeasonIsShrunk(t *testing.T) {
	if k := shrunkIndices(nile, 12); k != nil && math.Sqrt(sumSquares(k)/12) > 40 {
		t.Errorf("the Nile's season: %v", k)
	}
	raw, kept := indices(logarithms(passengers), 12, false), shrunkIndices(logarithms(passengers), 12)
	if share := kept[6] / raw[6]; share < .98 || share > 1 {
		t.Errorf("%v of the airline's season was kept", share)
	}
}
