package desk

import (
	"slices"

	"stoa/internal/policy"
	"stoa/internal/web"
)

// fresh marks the routes at which money or rights are at stake: whoever has not shown of late who they are is asked to, and
// their form goes on afterwards as it was.
func fresh(routes []web.Route) []web.Route {
	rights := []policy.Action{policy.MoneyApprove, policy.StaffManage, policy.RightsReview, policy.MandateConfirm}
	paths := []string{"/desk/money/orders/new", "/desk/money/orders/{order}/propose", "/desk/money/orders/{order}/file", spendPath + "/pay"}
	for i, r := range routes {
		routes[i].Fresh = r.Fresh || r.Method == "POST" && (slices.Contains(rights, r.Action) || slices.Contains(paths, r.Pattern))
	}
	return routes
}
