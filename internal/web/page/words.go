package page

import "context"

// Words are the fixed words of the design system in the reader's language.
// [Shell] carries them; the layout hands them to every component below it.
type Words struct {
	Error, Warning, Important, Success string
	Back, Breadcrumb, Menu             string
	Previous, Next, Page, Pagination   string
	PageOf                             string // "Page %s", for one numbered link
	ServiceInformation, Language       string
	SupportLinks, SkipToContent        string
	Day, Month, Year                   string
	ShowPassword, HidePassword         string // on the button
	ShowPasswordLabel                  string // read out
	HidePasswordLabel                  string
	PasswordShown, PasswordHidden      string // announced
	UpToCharacters, UpToWords          string // with %{count}
	SignOut, Search                    string
	Done, Now, Later                   string // where a step stands
	Ascending, Descending              string // how a table is sorted
	Apply, Clear, Filter               string
	From, Data, Download               string

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
var English = WordsFrom(func(s string) string { return s })

// WordsFrom asks the reader's catalogue for each English word. The live
// messages of the character count have plurals and are filled by the caller.
func WordsFrom(t func(english string) string) Words {
	return Words{
		Error: t("Error"), Warning: t("Warning"), Important: t("Important"), Success: t("Success"),
		Back: t("Back"), Breadcrumb: t("Breadcrumb"), Menu: t("Menu"),
		Previous: t("Previous"), Next: t("Next"), Page: t("page"), Pagination: t("Pagination"),
		PageOf:             t("Page %s"),
		ServiceInformation: t("Service information"), Language: t("Language"),
		SupportLinks: t("Support links"), SkipToContent: t("Skip to main content"),
		Day: t("Day"), Month: t("Month"), Year: t("Year"),
		ShowPassword: t("Show"), HidePassword: t("Hide"),
		ShowPasswordLabel: t("Show password"), HidePasswordLabel: t("Hide password"),
		PasswordShown: t("Your password is visible"), PasswordHidden: t("Your password is hidden"),
		UpToCharacters: t("You can enter up to %{count} characters"),
		UpToWords:      t("You can enter up to %{count} words"),
		SignOut:        t("Sign out"), Search: t("Search"),
		Done: t("Done"), Now: t("In progress"), Later: t("Not started"),
		Ascending: t("sorted ascending"), Descending: t("sorted descending"),
		Apply: t("Apply filters"), Clear: t("Clear filters"), Filter: t("Filter"),
		From: t("From"), Data: t("Show the numbers as a table"), Download: t("Download as CSV"),
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
