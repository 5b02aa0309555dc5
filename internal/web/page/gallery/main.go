// Command gallery shows every component on pages of the usual kinds, in both
// directions, so that a person or a checker can look at them. It is a tool of
// those who build pages, never part of the product.
//
//	go run ./internal/web/page/gallery -addr 127.0.0.1:8090
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/web/asset"
	"stoa/internal/web/page"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "address to listen on")
	flag.Parse()
	if err := run(*addr); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	assets, err := asset.Load()
	if err != nil {
		return err
	}
	if !assets.Present() {
		log.Print("no styles are built: npm ci && npm run build in web/")
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+asset.Prefix, assets.Handler())
	mux.Handle("GET /{$}", http.RedirectHandler("/en/home", http.StatusSeeOther))
	for _, lang := range []string{"en", "ar"} {
		printer := texts.For(lang)
		words := page.WordsOf(printer)
		for name, sample := range samples {
			g := gallery{lang: lang, name: name, words: &words, printer: printer, assets: assets}
			mux.Handle("GET /"+lang+"/"+name, g.handler(sample))
		}
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	log.Printf("http://%s/", listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return server.Serve(listener)
}

// gallery is one sample in one language.
type gallery struct {
	lang, name string
	words      *page.Words
	printer    *i18n.Printer
	assets     *asset.Set
}

// sample fills a shell and gives the content.
type sample func(g gallery, s *page.Shell) page.Component

// say chooses the sample text in the page's language.
func (g gallery) say(english, arabic string) string {
	if g.lang == "ar" {
		return arabic
	}
	return english
}

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func (g gallery) handler(show sample) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := g.shell()
		content := show(g, &s)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		if err := page.Layout(s, content).Render(r.Context(), w); err != nil {
			log.Printf("%s: %v", r.URL.Path, err)
		}
	})
}

func (g gallery) shell() page.Shell {
	return page.Shell{
		Lang: g.lang, Dir: map[string]string{"en": "ltr", "ar": "rtl"}[g.lang], Words: g.words,
		Assets:           g.assets,
		JurisdictionName: g.say("Greenvale District", "مقاطعة غرينفيل"), JurisdictionURL: "/" + g.lang + "/home",
		Nav: []page.NavItem{
			{Text: g.say("Services", "الخدمات"), Href: "home", Current: g.name == "home"},
			{Text: g.say("Your account", "حسابك"), Href: "account", Current: g.name == "account"},
			{Text: g.say("Public money", "المال العام"), Href: "components"},
			{Text: g.say("Take part", "شارك"), Href: "question"},
		},
		Languages: []page.Language{
			{Code: "en", Name: "English", Dir: "ltr", URL: "/en/" + g.name, Current: g.lang == "en"},
			{Code: "ar", Name: "العربية", Dir: "rtl", URL: "/ar/" + g.name, Current: g.lang == "ar"},
		},
		User: page.User{Name: g.say("Amara Osei", "أمارا أوسي"), AccountURL: "account", Key: "sample"},
		Notice: page.Notice{
			Tag: g.say("Demo", "عرض"), Text: g.say("This is a fictional place. Nothing here is real.", "هذا مكان خيالي. لا شيء هنا حقيقي."),
			LinkText: g.say("About this demonstration", "عن هذا العرض"), URL: "home",
		},
		Footer: page.Footer{
			Groups: []page.LinkGroup{
				{Title: g.say("About", "عن"), Links: []page.Link{{Text: g.say("Accessibility", "إمكانية الوصول"), URL: "home"}, {Text: g.say("Privacy", "الخصوصية"), URL: "home"}}},
				{Title: g.say("Openness", "الشفافية"), Links: []page.Link{{Text: g.say("Open data", "البيانات المفتوحة"), URL: "home"}, {Text: g.say("Public log", "السجل العام"), URL: "home"}}},
				{Title: g.say("Help", "مساعدة"), Links: []page.Link{{Text: g.say("Contact", "اتصل بنا"), URL: "home"}}},
			},
			Text: g.say("Run by Greenvale District Council with Stoa", "يديره مجلس مقاطعة غرينفيل باستخدام ستوا"),
		},
	}
}
