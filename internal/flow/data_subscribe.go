package flow

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/hook"
	"stoa/internal/i18n"
	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Subscribe asks to be told of new versions of a dataset, or of all.
type Subscribe struct {
	Dataset string // "" for all
	URL     string // of a webhook; "" for mail to the actor's own address, which signing in has confirmed
	Key     string
}

// mostSubscriptions is how many one person may have.
const mostSubscriptions = 100

// Subscribe returns the subscription, and the secret that signs what is sent to a webhook: it is told once, and never again.
func (f Data) Subscribe(ctx context.Context, actor policy.Actor, in Subscribe) (id, secret string, err error) {
	thing := policy.Thing{Kind: "dataset", ID: in.Dataset, Public: true}
	if in.Dataset != "" {
		set, err := f.dataset(actor, in.Dataset)
		if err != nil {
			return "", "", err
		}
		thing = datasetThing(set)
	}
	if err := policy.Can(actor, policy.DataAsk, thing); err != nil {
		return "", "", err
	}
	kind := dataset.ByMail
	if in.URL != "" {
		if f.Hooks == nil {
			return "", "", fault.NewInvalid("Webhooks are not offered here")
		}
		if problem := f.Hooks.CheckURL(in.URL); problem != "" {
			return "", "", fault.NewInvalid(problem)
		}
		if secret, err = f.People.Token(); err != nil {
			return "", "", err
		}
		kind = dataset.ByWebhook
	}
	fresh := false // also where the same form comes again: its secret was told
	err = f.DB.Write(ctx, "flow.Subscribe", func(ctx context.Context, tx *store.Tx) error {
		fresh = false // whatever a former try of this transaction found
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			have, err := f.subscriptions().Of(ctx, tx, actor.Person)
			if err != nil {
				return "", err
			}
			if len(have) >= mostSubscriptions {
				return "", fault.NewInvalid("You already follow {n} datasets. End one first", "n", mostSubscriptions)
			}
			who, err := f.People.Get(ctx, tx, actor.Person)
			if err != nil {
				return "", err
			}
			sub := &dataset.Subscription{Dataset: in.Dataset, Kind: kind, Person: who.ID, Subject: who.Subject, Language: who.Language,
				Hook: dataset.Hook{URL: in.URL, Secret: secret}}
			fresh, err = f.subscriptions().Add(ctx, tx, sub)
			return sub.ID, err
		})
		return err
	})
	if !fresh {
		secret = "" // of the one that is there, which keeps its own
	}
	return id, secret, err
}

// Unsubscribe ends a subscription: by whoever has it, or by the pass in a message.
type Unsubscribe struct{ Subscription, Pass string }

// Unsubscribe of what has ended already is well too.
func (f Data) Unsubscribe(ctx context.Context, actor policy.Actor, in Unsubscribe) error {
	return f.DB.Write(ctx, "flow.Unsubscribe", func(ctx context.Context, tx *store.Tx) error {
		right := subtle.ConstantTimeCompare([]byte(f.subscriptions().Pass(in.Subscription)), []byte(in.Pass)) == 1
		sub, err := f.subscriptions().Get(ctx, tx, in.Subscription)
		if right && (errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased)) {
			return f.subscriptions().Remove(ctx, tx, in.Subscription)
		}
		if err != nil {
			return missing(err)
		}
		if !right {
			if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "subscription", ID: sub.ID, Owner: sub.Person}); err != nil {
				return err
			}
		}
		return f.subscriptions().Remove(ctx, tx, sub.ID)
	})
}

func (f *Flow) subscriptions() *dataset.Subscriptions {
	return &dataset.Subscriptions{Vault: f.People.Vault}
}

// The kinds of jobs that tell subscribers.
const (
	TellJob = "dataset.tell" // to go through the subscribers of a version
	HookJob = "dataset.hook" // to call one webhook
)

type tellWork struct {
	Dataset string `json:"dataset"`
	Version int    `json:"version"`
	After   string `json:"after,omitempty"` // subscription
}

type hookWork struct {
	Dataset      string `json:"dataset"`
	Version      int    `json:"version"`
	Subscription string `json:"subscription"`
}

// tellSubscribers owes all subscribers word of a version, in the transaction that publishes it. The first is no news to
// anybody, for nobody could subscribe before, but to those who follow everything.
func (f *Flow) tellSubscribers(ctx context.Context, tx *store.Tx, v *dataset.Version) error {
	return enqueueTell(ctx, tx, tellWork{Dataset: v.Dataset, Version: v.Number})
}

func enqueueTell(ctx context.Context, tx *store.Tx, w tellWork) error {
	payload, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: TellJob, Key: w.Dataset + " " + strconv.Itoa(w.Version) + " " + w.After, Payload: payload})
}

const tellBatch = 100

// Tell goes through the subscribers of a version: mail becomes rows of the outbox, each webhook a job of its own. Give it
// to the job runner under TellJob.
func (f Data) Tell(ctx context.Context, tx *store.Tx, j job.Job) error {
	var w tellWork
	if err := json.Unmarshal(j.Payload, &w); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	v, err := f.Datasets.Version(ctx, tx, w.Dataset, w.Version)
	if err != nil && fault.KindOf(missing(err)) == fault.NotFound {
		return nil // taken back meanwhile
	}
	if err != nil || v.Withdrawn != nil {
		return err
	}
	subs, err := f.subscriptions().To(ctx, tx, w.Dataset, w.After, tellBatch)
	if err != nil {
		return err
	}
	for _, sub := range subs {
		switch sub.Kind {
		case dataset.ByMail:
			err = f.mailVersion(ctx, tx, sub, v)
		case dataset.ByWebhook:
			err = enqueueHook(ctx, tx, hookWork{v.Dataset, v.Number, sub.ID})
		}
		if err != nil {
			return err
		}
	}
	if len(subs) < tellBatch {
		return nil
	}
	w.After = subs[len(subs)-1].ID
	return enqueueTell(ctx, tx, w)
}

func enqueueHook(ctx context.Context, tx *store.Tx, w hookWork) error {
	payload, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: HookJob, Key: w.Subscription + " " + w.Dataset + " " + strconv.Itoa(w.Version), Payload: payload})
}

func (f Data) mailVersion(ctx context.Context, tx *store.Tx, sub *dataset.Subscription, v *dataset.Version) error {
	who, err := f.People.Get(ctx, tx, sub.Person)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
		return f.subscriptions().Remove(ctx, tx, sub.ID)
	}
	if err != nil {
		return err
	}
	p := f.Words.For(sub.Language)
	vars := i18n.V{"title": f.datasetTitle(v.Dataset, sub.Language), "n": strconv.Itoa(v.Number)}
	text := p.T("There is a new version of “{title}”, number {n}.", vars)
	if v.Number > 1 && !v.Changes.Whole {
		text += " " + p.T("Rows added: {added}. Taken away: {removed}. Changed: {changed}.",
			i18n.V{"added": p.Number(itoa(v.Changes.Added)), "removed": p.Number(itoa(v.Changes.Removed)), "changed": p.Number(itoa(v.Changes.Changed))})
	}
	leave := "/unsubscribe/" + sub.ID + "/" + f.subscriptions().Pass(sub.ID)
	text += "\n\n" + p.T("You get this because you asked for it. To get no more of these messages, open this address:") + "\n" + f.Site.URL + leave + "\n\n" + p.T("See the new version:")
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: sub.Subject, Kind: "data version", Language: sub.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: p.T("New data: {title}, version {n}", vars), Text: text, Leave: leave,
		Link: "/data/" + v.Dataset + "/v/" + strconv.Itoa(v.Number),
	}})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// hookBody is what a webhook is told; its fields only grow.
type hookBody struct {
	Event     string    `json:"event"` // dataset.published
	Dataset   string    `json:"dataset"`
	Version   int       `json:"version"`
	URL       string    `json:"url"`
	CSV       string    `json:"csv"`
	SHA256    string    `json:"sha256"` // of the CSV
	Rows      int64     `json:"rows"`
	Published time.Time `json:"published"`
	Added     int64     `json:"added"`
	Removed   int64     `json:"removed"`
	Changed   int64     `json:"changed"`
}

// CallHook calls a webhook about a version. Give it to the job runner under HookJob; the job is repeated until the other
// side takes it, for about a day.
func (f Data) CallHook(ctx context.Context, j job.Job) error {
	var w hookWork
	if err := json.Unmarshal(j.Payload, &w); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	var sub *dataset.Subscription
	var v *dataset.Version
	err := f.DB.Read(ctx, "flow.CallHook", func(ctx context.Context, tx *store.Tx) (err error) {
		if sub, err = f.subscriptions().Get(ctx, tx, w.Subscription); err != nil {
			return err
		}
		v, err = f.Datasets.Version(ctx, tx, w.Dataset, w.Version)
		return err
	})
	if err != nil && (fault.KindOf(missing(err)) == fault.NotFound || errors.Is(err, vault.ErrErased)) {
		return nil // ended meanwhile
	}
	if err != nil || v.Withdrawn != nil { // nobody is led to what was taken back
		return err
	}
	at := f.Site.URL + "/data/" + v.Dataset + "/v/" + strconv.Itoa(v.Number)
	body, err := json.Marshal(hookBody{Event: "dataset.published", Dataset: v.Dataset, Version: v.Number, URL: at, CSV: at + "/" + v.Dataset + ".csv",
		SHA256: v.Hash, Rows: v.Rows, Published: v.At.UTC(), Added: v.Changes.Added, Removed: v.Changes.Removed, Changed: v.Changes.Changed})
	if err != nil {
		return fmt.Errorf("writing a webhook's body: %w", err)
	}
	called := f.Hooks.Call(ctx, sub.URL, sub.Secret, j.Key, body)
	problem := ""
	if called != nil {
		problem = hook.CodeOf(called)
	}
	err = f.DB.Write(ctx, "flow.CallHook", func(ctx context.Context, tx *store.Tx) error {
		return f.subscriptions().Called(ctx, tx, sub.ID, problem)
	})
	return errors.Join(called, err)
}
