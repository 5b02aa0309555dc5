package flow

import (
	"context"
	"fmt"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// AddItem adds an item to a repeated group. Key makes a repeated post add one.
type AddItem struct {
	Draft string
	Group string // path: partners, or partners[0].children
	Key   string
}

// AddItem returns the path of the new item.
func (f *Flow) AddItem(ctx context.Context, actor policy.Actor, in AddItem) (path string, err error) {
	err = f.DB.Write(ctx, "flow.AddItem", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		path, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			group := groupAt(draft.Service, in.Group)
			if group == nil {
				return "", fault.NewNotFound("")
			}
			if most := mostOf(group); len(draft.Typed.Items(in.Group)) >= most {
				return "", fault.NewConflict("No more can be added here")
			}
			made, ok := draft.Typed.AddItem(in.Group, tx.NewID())
			if !ok {
				return "", fault.NewNotFound("")
			}
			return made, f.saveDraft(ctx, tx, draft)
		})
		return err
	})
	return path, err
}

func mostOf(group *service.Question) int {
	if group.Repeat == nil || group.Repeat.Max == 0 {
		return 20
	}
	return group.Repeat.Max
}

// RemoveItem takes an item out of its group, with what was uploaded for it. ID is the item's own, so
// that a repeated post removes no other.
type RemoveItem struct {
	Draft string
	ID    string
}

// RemoveItem does nothing if the item is gone already.
func (f *Flow) RemoveItem(ctx context.Context, actor policy.Actor, in RemoveItem) error {
	return f.DB.Write(ctx, "flow.RemoveItem", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		path, ok := draft.Typed.PathOf(in.ID)
		if !ok {
			return nil
		}
		draft.Typed.RemoveItem(path)
		return f.saveDraft(ctx, tx, draft)
	})
}

// RemoveFile takes back an upload.
type RemoveFile struct {
	Draft string
	Path  string // of the question
	File  string // blob id, so that a repeated post removes no later one
}

// RemoveFile does nothing if the file is gone already.
func (f *Flow) RemoveFile(ctx context.Context, actor policy.Actor, in RemoveFile) error {
	return f.DB.Write(ctx, "flow.RemoveFile", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		if in.File == "" || draft.Typed.Get(in.Path) != in.File {
			return nil
		}
		draft.Typed.Set(in.Path)
		if err := f.Docket.Blobs.Delete(ctx, tx, in.File); err != nil {
			return fmt.Errorf("deleting an upload: %w", err)
		}
		return f.saveDraft(ctx, tx, draft)
	})
}

// groupAt is the repeated group at a path: partners, or partners[0].children.
func groupAt(s *service.Service, path string) *service.Question {
	definition := process.Definition(path)
	for _, q := range s.Questions {
		if q.Type == "group" && q.Path == definition {
			return q
		}
	}
	return nil
}
