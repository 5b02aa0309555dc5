package flow_test

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/credential"
	"stoa/internal/credential/keys"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
)

// TestARecordWithoutAServiceGoesIntoAWallet of those whom it names, by one line in its register's file, and of nobody else.
func TestARecordWithoutAServiceGoesIntoAWallet(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		g.Wallets = &flow.Wallets{Store: &credential.Store{Vault: g.People.Vault, Rand: rand.Reader},
			Keys: keys.Open(keys.Config{File: filepath.Join(g.t.TempDir(), "credential.keys"), Name: "Testshire", Country: "GB", URL: g.Site.URL})}
		g.must(g.Wallets.Keys.Make(g.clock.Now()))
		files := paid(g.t).(fstest.MapFS)
		births := strings.Replace(birthsFile, "fields:\n", "credential: {for: [mother_email, father_email], claims: [child, born]}\nfields:\n", 1)
		files["registers/births.yaml"] = &fstest.MapFile{Data: []byte(births)}
		files["registers/births.csv"] = &fstest.MapFile{Data: []byte(birthsSeed)}
		files["parameters/copies.yaml"] = &fstest.MapFile{Data: []byte("parameters:\n  - {id: copy_fee, title: Fee of a copy, type: money, values: [{from: 2020-01-01, value: 12.5, source: {title: The Act}}]}\n")}
		j, problems := service.Load(files)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		g.must(g.Publish(g.ctx, g.system, j))
		id := g.entry("B-1").ID
		for name, nobody := range map[string]policy.Actor{"a stranger": g.stranger, "a visitor": {}, "an officer": g.officer} {
			if _, err := g.Credentials().Offer(g.ctx, nobody, flow.OfferCredential{Licence: id, Key: g.key()}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		token := g.token(id, g.mara)
		got, err := g.fetch(token, "births_sd_jwt", g.proof(g.deviceKey(), nil))
		g.must(err)
		v := g.judged(got.Credentials[0])
		if v.State != credential.Good || v.Claims["child"] != "Mina" || v.Claims["born"] != "2021-03-09" || v.Claims["number"] != "B-1" || v.Claims["mother"] != "" || v.Service != "births" {
			t.Errorf("it says %+v", v)
		}
		if _, err := g.fetch(token, "births_mdoc", g.proof(g.deviceKey(), nil)); err != nil {
			t.Errorf("as mdoc: %v", err)
		}
		token = g.token(id, g.finn)
		g.change("B-1", func(r *record.Record) { r.Fields["father_email"] = "other@testshire.example" })
		if _, err := g.fetch(token, "births_sd_jwt", g.proof(g.deviceKey(), nil)); code(err) != "credential_request_denied" {
			t.Errorf("a parent no more: %v", err)
		}
	})
}
