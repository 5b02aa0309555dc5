package page

import (
	"context"
	"strings"

	"stoa/internal/i18n"
)

// Words are the fixed words of the design system in the reader's language.
// [Shell] carries them; the layout hands them to every component below it.
type Words struct {
	Error, Warning, Important, Success string
	Back, Breadcrumb, Menu             string
	Previous, Next, Page, Pagination   string
	PageOf                             string // "Page {number}", for one numbered link
	ServiceInformation, Language       string
	SupportLinks, SkipToContent        string
	Acting                             string
	Day, Month, Year                   string
	ShowPassword, HidePassword         string // on the button
	ShowPasswordLabel                  string // read out
	HidePasswordLabel                  string
	PasswordShown, PasswordHidden      string // announced
	UpToCharacters, UpToWords          string // with {limit}
	SignOut, Search                    string
	SignIn, You                        string
	Done, Now, Later                   string // where a step stands
	Apply, Clear, Filter               string
	Data, Download                     string // below a chart

	// Count are the live messages of a character count, by plural rule
	// ("one", "two", "few", "many", "other"), with %{count}. Empty means the
	// script's own English.
	Count CountWords
}

// CountWords are the live messages of a character count.
type CountWords struct {
	CharactersUnder, CharactersOver map[string]string
	WordsUnder, WordsOver           map[string]string
	CharactersAt, WordsAt           string
}

// English are the words of the design system as published.
var English = wordsFrom(func(s string) string { return s })

// WordsOf are the words in the printer's language.
func WordsOf(p *i18n.Printer) Words {
	w := wordsFrom(func(s string) string { return p.T(s) })
	forms := func(one, many string) map[string]string {
		m := p.Forms(one, many)
		for rule, s := range m {
			m[rule] = strings.ReplaceAll(s, "{n}", "%{count}") // the script's own mark
		}
		return m
	}
	w.Count = CountWords{
		CharactersUnder: forms("You have {n} character remaining", "You have {n} characters remaining"),
		CharactersOver:  forms("You have {n} character too many", "You have {n} characters too many"),
		WordsUnder:      forms("You have {n} word remaining", "You have {n} words remaining"),
		WordsOver:       forms("You have {n} word too many", "You have {n} words too many"),
		CharactersAt:    p.T("You have 0 characters remaining"),
		WordsAt:         p.T("You have 0 words remaining"),
	}
	return w
}

func wordsFrom(t func(english string) string) Words {
	return Words{
		Error: t("Error"), Warning: t("Warning"), Important: t("Important"), Success: t("Success"),
		Back: t("Back"), Breadcrumb: t("Breadcrumb"), Menu: t("Menu"),
		Previous: t("Previous"), Next: t("Next"), Page: t("page"), Pagination: t("Pagination"),
		PageOf:             t("Page {number}"),
		ServiceInformation: t("Service information"), Language: t("Language"),
		Acting:       t("For whom you act"),
		SupportLinks: t("Support links"), SkipToContent: t("Skip to main content"),
		Day: t("Day"), Month: t("Month"), Year: t("Year"),
		ShowPassword: t("Show"), HidePassword: t("Hide"),
		ShowPasswordLabel: t("Show password"), HidePasswordLabel: t("Hide password"),
		PasswordShown: t("Your password is visible"), PasswordHidden: t("Your password is hidden"),
		UpToCharacters: t("You can enter up to {limit} characters"),
		UpToWords:      t("You can enter up to {limit} words"),
		SignOut:        t("Sign out"), Search: t("Search"),
		SignIn: t("Sign in"), You: t("You"),
		Done: t("Done"), Now: t("In progress"), Later: t("Not started"),
		Apply: t("Apply filters"), Clear: t("Clear filters"), Filter: t("Filter"),
		Data: t("Show the numbers as a table"), Download: t("Download as CSV"),
	}
}

type wordsKey struct{}

// WithWords gives components rendered with this context their words.
func WithWords(ctx context.Context, w *Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, w)
}

func words(ctx context.Context) *Words {
	if w, ok := ctx.Value(wordsKey{}).(*Words); ok && w != nil {
		return w
	}
	return &English
}
