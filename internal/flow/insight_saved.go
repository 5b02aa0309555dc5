package flow

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"unicode/utf8"

	"stoa/internal/bookmark"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Views of figures that somebody saves under a name, and gets by mail each week or month.

// mostBookmarks is how many views one person may save, and longestBookmark how long a name may be.
const (
	mostBookmarks   = 50
	longestBookmark = 100
)

func (f Insight) bookmarks() bookmark.Bookmarks { return bookmark.Bookmarks{Vault: f.People.Vault} }

// SaveView saves what a page of figures was asked for.
type SaveView struct {
	Name, Topic, Query string
	Organisation       string // whose figures they are; "" the whole place
	Every              string
	Key                string
}

// SaveView is for those who read these figures.
func (f Insight) SaveView(ctx context.Context, actor policy.Actor, in SaveView) error {
	if err := policy.Can(actor, policy.InsightRead, policy.Thing{Kind: "insight", Organisation: in.Organisation}); err != nil {
		return err
	}
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	switch {
	case in.Name == "":
		return fault.NewInvalid("Give this view a name, so that you find it again")
	case utf8.RuneCountInString(in.Name) > longestBookmark:
		return fault.NewInvalid("The name must be {n} characters or fewer", "n", longestBookmark)
	case in.Every != bookmark.Never && in.Every != bookmark.Weekly && in.Every != bookmark.Monthly:
		return fault.NewInvalid("Choose how often you want it by mail")
	}
	return f.DB.Write(ctx, "flow.SaveView", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			have, err := f.bookmarks().Of(ctx, tx, actor.Person, mostBookmarks)
			if err != nil {
				return "", err
			}
			if len(have) >= mostBookmarks {
				return "", fault.NewInvalid("You have saved {n} views already. Remove one first", "n", mostBookmarks)
			}
			b := &bookmark.Bookmark{Person: actor.Person, Name: in.Name, Topic: in.Topic, Query: in.Query, Every: in.Every, Next: bookmark.Following(in.Every, f.today(tx))}
			return b.ID, f.bookmarks().Add(ctx, tx, b)
		})
		return err
	})
}

// ChangeView sets how often a saved view is sent, or removes it.
type ChangeView struct {
	View, Every string
	Remove      bool
}

// ChangeView is for whoever saved it; of what is gone already it is well too.
func (f Insight) ChangeView(ctx context.Context, actor policy.Actor, in ChangeView) error {
	return f.DB.Write(ctx, "flow.ChangeView", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.bookmarks().Get(ctx, tx, in.View)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "bookmark", ID: b.ID, Owner: b.Person}); err != nil {
			return err
		}
		if in.Remove {
			return f.bookmarks().Remove(ctx, tx, b.ID)
		}
		if in.Every != bookmark.Never && in.Every != bookmark.Weekly && in.Every != bookmark.Monthly {
			return fault.NewInvalid("Choose how often you want it by mail")
		}
		return f.bookmarks().Send(ctx, tx, b.ID, in.Every, bookmark.Following(in.Every, f.today(tx)))
	})
}

// StopReports ends the mails of a saved view, by the pass in one of them. The view stays.
func (f Insight) StopReports(ctx context.Context, id, pass string) error {
	return f.DB.Write(ctx, "flow.StopReports", func(ctx context.Context, tx *store.Tx) error {
		if subtle.ConstantTimeCompare([]byte(f.bookmarks().Pass(id)), []byte(pass)) != 1 {
			return fault.NewNotFound("")
		}
		return f.bookmarks().Send(ctx, tx, id, bookmark.Never, calendar.Date{})
	})
}

// DueReport is a saved view that is to be sent, with whoever gets it as they may read now.
type DueReport struct {
	bookmark.Bookmark
	Actor    policy.Actor
	Language string
}

const reportBatch = 50

// DueReports lists what is to be sent today. Views of people who are no longer known are forgotten.
func (f Insight) DueReports(ctx context.Context, actor policy.Actor) (due []DueReport, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return nil, err
	}
	var gone []string
	err = f.DB.Read(ctx, "flow.DueReports", func(ctx context.Context, tx *store.Tx) error {
		due, gone = nil, nil
		list, err := f.bookmarks().Due(ctx, tx, f.today(tx), reportBatch)
		if err != nil {
			return err
		}
		for _, b := range list {
			who, err := f.People.Get(ctx, tx, b.Person)
			if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
				gone = append(gone, b.ID)
				continue
			}
			if err != nil {
				return err
			}
			due = append(due, DueReport{b, policy.Actor{Person: who.ID, Name: who.Name, Grants: who.Grants, Level: policy.High}, who.Language})
		}
		return nil
	})
	if err != nil || len(gone) == 0 {
		return due, err
	}
	return due, f.DB.Write(ctx, "flow.ForgetViews", func(ctx context.Context, tx *store.Tx) error {
		for _, id := range gone {
			if err := f.bookmarks().Remove(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Report is what a saved view says today; without a text, whoever saved it may not read it any more, and gets no more mails.
type Report struct {
	Due         DueReport
	Title, Text string
}

// SendReport owes the mail, once for a day, whichever of several machines comes first.
func (f Insight) SendReport(ctx context.Context, actor policy.Actor, in Report) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.SendReport", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.bookmarks().Get(ctx, tx, in.Due.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || b.Next != in.Due.Next || b.Next.IsZero() { // it was sent, or stopped meanwhile
			return err
		}
		if in.Text == "" {
			return f.bookmarks().Send(ctx, tx, b.ID, bookmark.Never, calendar.Date{})
		}
		if err := f.bookmarks().Send(ctx, tx, b.ID, b.Every, bookmark.Following(b.Every, f.today(tx))); err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, b.Person)
		if err != nil {
			return err
		}
		p, link, leave := f.Words.For(in.Due.Language), "/desk/insight/"+b.Topic, "/reports/"+b.ID+"/"+f.bookmarks().Pass(b.ID)
		if b.Query != "" {
			link += "?" + b.Query
		}
		text := in.Text + "\n\n" + p.T("You get this because you asked for it. To get no more of these messages, open this address:") + "\n" + f.Site.URL + leave + "\n\n" + p.T("See the figures with their pictures:")
		return f.Outbox.Put(ctx, tx, notify.Message{Subject: who.Subject, Kind: "report", Language: in.Due.Language, Content: notify.Content{
			To: who.Email, Name: who.Name, Title: in.Title, Text: text, Link: link, Leave: leave}})
	})
}
