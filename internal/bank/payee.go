package bank

import (
	"context"
	"fmt"
	"strings"

	"stoa/internal/store"
)

// What a payment of an order is for stands in its Refund: the id of a refund, or with this before it the id of an invoice.
const invoicePrefix = "invoice "

// OfInvoice is the reference of a payment that pays an invoice.
func OfInvoice(id string) string { return invoicePrefix + id }

// Invoice gives the id of the invoice that a reference names; false where it is a refund's.
func Invoice(ref string) (id string, is bool) { return strings.CutPrefix(ref, invoicePrefix) }

// Invoice gives the id of the invoice that the payment pays; false where it pays a refund.
func (p Payment) Invoice() (id string, is bool) { return Invoice(p.Refund) }

// Under reads the payment that a reference is in now: under way, or left. store.ErrNotFound if there is none.
func (s *Orders) Under(ctx context.Context, tx *store.Tx, organisation, ref string) (Payment, error) {
	var endToEnd string
	err := tx.QueryRow(ctx, `SELECT end_to_end FROM bank_payment WHERE organisation = $1 AND refund = $2 AND state <> 'dropped' AND state <> 'failed'`,
		organisation, ref).Scan(&endToEnd)
	if err != nil {
		return Payment{}, fmt.Errorf("looking for a payment under way: %w", err)
	}
	return s.Payment(ctx, tx, organisation, endToEnd)
}
