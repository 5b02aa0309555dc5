package credential

import (
	"strconv"
	"strings"

	"stoa/internal/service"
)

// Forms as the protocols name them.
const (
	TypeSDJWT = "dc+sd-jwt"
	TypeMdoc  = "mso_mdoc"
)

// Claims that every credential has.
const (
	ClaimNumber = "number"
	ClaimTitle  = "title"
	ClaimIssuer = "issuing_authority"
	ClaimFrom   = "issue_date"
	ClaimUntil  = "expiry_date"
)

// ConfigID names what a wallet may fetch: a service's credential in one form.
func ConfigID(id, format string) string { return id + "_" + format }

// Formats are the forms that a service's credential is given in.
func Formats(s *service.Service) (all []string) {
	for _, format := range []string{service.FormatSDJWT, service.FormatMdoc} {
		if s.Issue.Credential.HasFormat(format) {
			all = append(all, format)
		}
	}
	return all
}

// Configs are all that a service offers.
func Configs(s *service.Service) (all []string) {
	for _, format := range Formats(s) {
		all = append(all, ConfigID(s.Service, format))
	}
	return all
}

// FormatOf is the form that a configuration is about; "" where the service does not offer it.
func FormatOf(s *service.Service, config string) string {
	for _, format := range Formats(s) {
		if config == ConfigID(s.Service, format) {
			return format
		}
	}
	return ""
}

// VCT names a service's credential as an SD-JWT VC.
func VCT(site string, s *service.Service) string {
	if t := s.Issue.Credential.Type; t != "" {
		return t
	}
	return site + "/credentials/types/" + s.Service
}

// StatusURI is the address of a status list.
func StatusURI(site string, list int64) string {
	return site + "/credentials/status/" + strconv.FormatInt(list, 10)
}

// listOf reads the address of a status list of ours.
func listOf(site, uri string) (int64, bool) {
	text, ok := strings.CutPrefix(uri, site+"/credentials/status/")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil && StatusURI(site, n) == uri
}
