package flow

import (
	"context"

	"stoa/internal/store"
)

// appointed are the appointments of a person.
func (g *everything) appointed(ctx context.Context, person string) error {
	list, err := g.f.appointed().AllOf(ctx, g.tx, person)
	g.doc.Appointments = []CopiedAppointment{}
	for _, a := range list {
		g.doc.Appointments = append(g.doc.Appointments, CopiedAppointment{Kind: a.Kind, What: a.What, Office: a.Organisation, People: a.People, From: a.Starts.UTC(), Until: a.Ends.UTC(),
			State: a.State, Made: a.Made.UTC(), By: a.Words.By, Name: a.Words.Name, Email: a.Words.Email, Phone: a.Words.Phone})
	}
	return err
}

// appointmentsDefault is how many months appointments are kept whose file is gone.
const appointmentsDefault = 6

// retainAppointments deletes appointments as long after their day as their file says.
func (f Privacy) retainAppointments(ctx context.Context) error {
	var kinds []string
	err := f.DB.Read(ctx, "flow.oldAppointments", func(ctx context.Context, tx *store.Tx) (err error) {
		kinds, err = f.appointed().Kinds(ctx, tx, tx.Now())
		return err
	})
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		months := appointmentsDefault
		if file := f.Docket.Releases.Current().AppointmentKind(kind); file != nil {
			months = file.Privacy.Months()
		}
		for n := int64(rowsAtOnce); n == rowsAtOnce; {
			err := f.DB.Write(ctx, "flow.retainAppointments", func(ctx context.Context, tx *store.Tx) error {
				oldest, err := f.today(tx).AddMonths(-months)
				if err == nil {
					n, err = f.appointed().ForgetBefore(ctx, tx, kind, f.Docket.Releases.Current().Calendar.StartOf(oldest), oldest.String(), rowsAtOnce)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
