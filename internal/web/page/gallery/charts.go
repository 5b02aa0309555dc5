package main

import (
	"time"

	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// charts shows every kind of picture.
func charts(g gallery, s *page.Shell) page.Component {
	s.Title, s.Charts = g.say("Pictures of figures", "صور الأرقام"), true
	out := page.Group{page.Heading{Text: s.Title, Level: 1}}
	for _, c := range append(g.bars(), append(g.overTime(), g.others()...)...) {
		out = append(out, c)
	}
	return out
}

func (g gallery) frame(id, english, arabic string) chart.Frame {
	return chart.Frame{ID: id, Title: g.say(english, arabic), Printer: g.printer, CSVURL: "charts.csv",
		Source: page.Text(g.say("Source: an example", "المصدر: مثال"))}
}

func (g gallery) wards() []string {
	if g.lang == "ar" {
		return []string{"البوابة الشمالية", "حي القديس برثلماوس والمروج الخارجية وما حولها من القرى", "الميناء", "التل", "السوق القديم", "الجسر"}
	}
	return []string{"Northgate", "Saint Bartholomew with the Outer Meadows and the villages around it", "Harbour", "Hill", "Old Market", "Bridge End"}
}

func (g gallery) bars() []page.Component {
	one := chart.Chart{Frame: g.frame("wards", "Applications by ward", "الطلبات حسب الحي"), Kind: chart.Bars, Of: g.say("Ward", "الحي"),
		Unit: chart.Unit{Text: g.say("applications", "طلبات")}, Categories: g.wards(),
		Series: []chart.Series{{Name: g.say("Applications", "الطلبات"), Values: []chart.Value{chart.Num(1412), chart.Num(903), chart.Num(377), {Is: chart.Suppressed}, chart.Num(86), chart.Num(12)}}}}.Sorted()
	one.Finding, one.Open = one.Highest(0), true
	two := chart.Chart{Frame: g.frame("plan", "Planned and spent", "المخطط والمنفق"), Kind: chart.Bars, Of: g.say("Ward", "الحي"),
		Unit: chart.Unit{Money: "GBP"}, Categories: g.wards()[:4],
		Series: []chart.Series{{Name: g.say("Planned", "المخطط"), Values: chart.Nums(120_000_000, 80_050_000, 45_000_000, -3_000_000)}, {Name: g.say("Spent", "المنفق"), Values: chart.Nums(99_000_000, 82_050_000, 4_512_345, -4_000_000)}}}
	two.Finding = two.Highest(1)
	parts := chart.Chart{Frame: g.frame("channels", "How people apply", "كيف يتقدم الناس"), Kind: chart.Stack, Of: g.say("Ward", "الحي"), Categories: g.wards(),
		Series: []chart.Series{{Name: g.say("Online", "عبر الإنترنت"), Values: chart.Nums(300, 240, 120, 80, 50, 20)}, {Name: g.say("At the counter", "عند الشباك"), Values: chart.Nums(90, 120, 44, 30, 45, 10)}, {Name: g.say("By post", "بالبريد"), Values: chart.Nums(30, 22, 60, 14, 12, 5)}}}
	parts.Finding = parts.Share(0)
	return []page.Component{one, two, parts}
}

func months(from time.Time, n int) []time.Time {
	var out []time.Time
	for i := range n {
		out = append(out, from.AddDate(0, i, 0))
	}
	return out
}

func (g gallery) overTime() []page.Component {
	begin := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
	series := func(scale, wave float64, n int) []chart.Value {
		var out []chart.Value
		for i := range n {
			out = append(out, chart.Num(float64(int(scale+wave*float64((i*7)%12)+float64(i)*scale/30))))
		}
		return out
	}
	a, b := series(40, 3, 24), series(20, 2, 24)
	a[7], a[13] = chart.Value{Is: chart.Suppressed}, chart.Value{Is: chart.Missing}
	lines := chart.Chart{Frame: g.frame("trend", "Applications by month", "الطلبات حسب الشهر"), Kind: chart.Lines, Dates: months(begin, 24), Grain: chart.Month,
		Unit: chart.Unit{Text: g.say("applications", "طلبات")}, Series: []chart.Series{{Name: g.say("Licences", "الرخص"), Values: a}, {Name: g.say("Permits", "التصاريح"), Values: b}}}
	lines.Finding = lines.Change(0)
	low, high := make([]chart.Value, 24), make([]chart.Value, 24)
	for i := range 24 {
		low[i], high[i] = chart.Value{Is: chart.Missing}, chart.Value{Is: chart.Missing}
		if i >= 17 {
			d := float64(i-16) * 2
			low[i], high[i] = chart.Num(b[i].N-d), chart.Num(b[i].N+d)
		}
	}
	forecast := lines
	forecast.Frame = g.frame("forecast", "Permits, with a forecast", "التصاريح مع توقع")
	forecast.Series = []chart.Series{{Name: g.say("Permits", "التصاريح"), Values: b, Low: low, High: high, Expected: 6}}
	forecast.Finding = chart.First(forecast.Trend(0), forecast.Change(0))
	area := lines
	area.Frame, area.Kind = g.frame("area", "Both together", "كلاهما معا"), chart.Area
	area.Finding = area.Change(1)
	var years []time.Time
	for y := range 11 {
		years = append(years, time.Date(2015+y, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	columns := chart.Chart{Frame: g.frame("years", "Money spent by year", "المال المنفق حسب السنة"), Kind: chart.Stack, Dates: years, Grain: chart.Year, Unit: chart.Unit{Money: "GBP"},
		Series: []chart.Series{{Name: g.say("Roads", "الطرق"), Values: chart.Nums(12e8, 13e8, 14e8, 13e8, 15e8, 16e8, 14e8, 17e8, 18e8, 19e8, 21e8)}, {Name: g.say("Schools", "المدارس"), Values: chart.Nums(8e8, 8e8, 9e8, 9e8, 9e8, 10e8, 10e8, 11e8, 11e8, 12e8, 12e8)}}}
	columns.Finding = columns.Change(0)
	panels := chart.Chart{Frame: g.frame("panels", "Each ward by itself", "كل حي على حدة"), Kind: chart.Panels, Dates: months(begin, 24), Grain: chart.Month}
	for i, w := range g.wards() {
		panels.Series = append(panels.Series, chart.Series{Name: w, Values: series(20+float64(i)*9, float64(i%4), 24)})
	}
	panels.Finding = panels.Change(5)
	return []page.Component{lines, forecast, area, columns, panels}
}

func (g gallery) others() []page.Component {
	part := func(en, ar string, n float64, sub ...chart.Part) chart.Part {
		return chart.Part{Name: g.say(en, ar), Value: chart.Num(n), URL: "charts", Parts: sub}
	}
	parts := chart.Parts{Frame: g.frame("money", "Where the money goes", "أين يذهب المال"), Unit: chart.Unit{Money: "GBP"}, Of: g.say("Programme", "البرنامج"), Whole: g.say("All spending", "كل الإنفاق"),
		Parts: []chart.Part{
			part("Roads and transport", "الطرق والنقل", 410_000_000, part("Repairs", "الإصلاحات", 250_000_000), part("Street lights", "إنارة الشوارع", 90_000_000), part("Buses", "الحافلات", 70_000_000)),
			part("Schools", "المدارس", 300_000_000, part("Buildings", "المباني", 180_000_000), part("Meals", "الوجبات", 60_000_000)),
			part("Parks", "الحدائق", 90_000_000), part("Libraries", "المكتبات", 60_000_000), part("Elections", "الانتخابات", 9_000_000), part("Archive", "الأرشيف", 4_000_000),
		}}
	parts.Finding, parts.Open = parts.Largest(), true
	points := chart.Map{Frame: g.frame("map", "Licensed premises", "المباني المرخصة"), Of: g.say("Place", "المكان"), Points: []chart.Point{
		{Name: g.say("Old Mill", "الطاحونة القديمة"), Lon: -1.52, Lat: 52.31, Value: chart.Num(120), Group: g.say("Pub", "حانة")},
		{Name: g.say("Town Hall", "مبنى البلدية"), Lon: -1.49, Lat: 52.33, Value: chart.Num(800), Group: g.say("Hall", "قاعة")},
		{Name: g.say("Station", "المحطة"), Lon: -1.47, Lat: 52.30, Value: chart.Num(40), Group: g.say("Pub", "حانة")},
	}}
	regions := chart.Map{Frame: g.frame("regions", "Applications for each ward", "الطلبات لكل حي"), Unit: chart.Unit{Text: g.say("applications", "طلبات")}, Of: g.say("Ward", "الحي")}
	for i, w := range g.wards() {
		x, y := -1.6+0.06*float64(i%3), 52.3-0.05*float64(i/3)
		v := chart.Num(float64(i*i*13 + 4))
		if i == 2 {
			v.Is = chart.Suppressed
		}
		regions.Regions = append(regions.Regions, chart.Region{Name: w, Value: v, Shape: chart.Shape{{{x, y}, {x + 0.06, y + 0.005}, {x + 0.055, y - 0.02}, {x + 0.06, y - 0.05}, {x, y - 0.05}, {x, y}}}})
	}
	return []page.Component{parts, points, regions}
}
