package view

// division is the division of a code of COFOG, the United Nations' Classification of the Functions of Government.
func division(code string) string { return code[:min(2, len(code))] }

// division is what a division is called.
func (r Reader) division(code string) string {
	switch code {
	case "01":
		return r.P.T("General public services")
	case "02":
		return r.P.T("Defence")
	case "03":
		return r.P.T("Public order and safety")
	case "04":
		return r.P.T("Economic affairs")
	case "05":
		return r.P.T("Environmental protection")
	case "06":
		return r.P.T("Housing and community amenities")
	case "07":
		return r.P.T("Health")
	case "08":
		return r.P.T("Recreation, culture and religion")
	case "09":
		return r.P.T("Education")
	case "10":
		return r.P.T("Social protection")
	}
	return code
}

// function is a code with the name of its division.
func (r Reader) function(code string) string { return code + " " + r.division(division(code)) }
