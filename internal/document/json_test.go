package document

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestJSONKeepsADocument(t *testing.T) {
	d := Document{
		Kind: Certificate, Lang: "ar", Dir: RTL, Title: "T", Issuer: Issuer{Name: "N", Address: []string{"A"}, Contact: "C"},
		To: []string{"To"}, Head: []Fact{{Label: "L", Value: Isolate("1")}}, Footer: "F",
		Blocks: []Block{
			Heading{Level: 2, Text: Plain("h")}, Paragraph{Text: Text{{Text: "p", Bold: true}}}, List{Ordered: true, Items: []Text{Plain("i")}},
			Facts{Items: []Fact{{Label: "l", Value: Plain("v")}}}, Table{Caption: "c", Columns: []Column{{Header: "h", Numeric: true}}, Rows: [][]Text{{Plain("1")}}, RowHeaders: true},
			QR{URL: "https://x.example/", Alt: "a", Caption: Plain("c")}, Notice{Title: "n", Text: Plain("t")}, Rule{}, Space{},
		},
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Document
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, back) {
		t.Errorf("got %+v, want %+v", back, d)
	}
	const frozen = `{"Kind":0,"Lang":"en","Dir":0,"Title":"T","Issuer":{"Name":"","Address":null,"Contact":""},"To":null,"Head":null,"Footer":"",` +
		`"Blocks":[{"Paragraph":{"Text":[{"Text":"p","Bold":false,"Isolated":false}]}},{"Rule":{}}]}`
	raw, err = json.Marshal(Document{Lang: "en", Title: "T", Blocks: []Block{Paragraph{Text: Plain("p")}, Rule{}}})
	if err != nil || string(raw) != frozen {
		t.Errorf("the stored form has changed: %s, %v", raw, err)
	}
	if err := json.Unmarshal([]byte(`{"Blocks":[{"Poem":{}}]}`), &back); err == nil {
		t.Error("an unknown block was read")
	}
}
