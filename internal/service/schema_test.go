package service

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// formats are the file formats by the name of their schema.
var formats = map[string]reflect.Type{
	"jurisdiction": reflect.TypeFor[JurisdictionFile](),
	"calendar":     reflect.TypeFor[CalendarFile](),
	"parameters":   reflect.TypeFor[ParameterFile](),
	"register":     reflect.TypeFor[RegisterFile](),
	"elsewhere":    reflect.TypeFor[ElsewhereFile](),
	"shares":       reflect.TypeFor[SharesFile](),
	"service":      reflect.TypeFor[ServiceFile](),
	"tax":          reflect.TypeFor[TaxFile](),
	"money":        reflect.TypeFor[MoneyFile](),
	"dataset":      reflect.TypeFor[DatasetFile](),
	"commitments":  reflect.TypeFor[CommitmentsFile](),
	"programme":    reflect.TypeFor[EvaluationFile](),
	"budget":       reflect.TypeFor[BudgetFile](),
	"appointment":  reflect.TypeFor[AppointmentFile](),
	"demo":         reflect.TypeFor[DemoFile](),
}

const schemaFolder = "../../schema"

// TestSchemasAreCurrent compares schema/ with what the file types say; -update rewrites it.
func TestSchemasAreCurrent(t *testing.T) {
	docs := readDocs(t)
	for name, typ := range formats {
		g := &schemaWriter{docs: docs, defs: map[string]any{}}
		g.value(typ, must{})
		root := g.defs[typ.Name()].(map[string]any)
		delete(g.defs, typ.Name())
		root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		root["title"] = "Stoa: " + name
		root["$defs"] = g.defs
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetIndent("", " ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(root); err != nil {
			t.Fatal(err)
		}
		file := path.Join(schemaFolder, name+".schema.json")
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, b.Bytes()) {
			t.Errorf("%s is not what the file types say (%v): run go test ./internal/service -run Schema -update", file, err)
		}
	}
}

// schemaWriter writes the schema of the file types.
type schemaWriter struct {
	docs map[string]string // of Type and Type.Field
	defs map[string]any
}

func (g *schemaWriter) value(t reflect.Type, m must) map[string]any {
	switch t {
	case textType:
		return map[string]any{"$ref": g.def("Text", map[string]any{
			"description": "a text, or a text for each language", "anyOf": []any{
				map[string]any{"type": []string{"string", "number", "boolean"}},
				map[string]any{"type": "object", "additionalProperties": map[string]any{"type": []string{"string", "number"}}},
			}})}
	case exprType:
		return map[string]any{"$ref": g.def("Rule", map[string]any{"description": "a rule", "type": []string{"string", "number", "boolean"}})}
	case reflect.TypeFor[calendar.Date]():
		return map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case reflect.TypeFor[calendar.Clock]():
		return map[string]any{"type": "string", "pattern": `^\d{2}:\d{2}$`}
	case reflect.TypeFor[money.Decimal]():
		return map[string]any{"type": "number"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem(), m)
	case reflect.Struct:
		return map[string]any{"$ref": g.structDef(t)}
	case reflect.Slice:
		out := map[string]any{"type": "array", "items": g.value(t.Elem(), must{form: m.form, one: m.one})}
		if m.required {
			out["minItems"] = 1
		}
		return out
	case reflect.Map:
		out := map[string]any{"type": "object", "additionalProperties": g.value(t.Elem(), must{})}
		if f, ok := forms[m.form]; ok {
			out["propertyNames"] = map[string]any{"pattern": f.pattern.String()}
		}
		return out
	case reflect.Interface:
		return map[string]any{}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	out := map[string]any{"type": []string{"string", "number", "boolean"}}
	if f, ok := forms[m.form]; ok {
		out = map[string]any{"type": "string", "pattern": f.pattern.String()}
	}
	if m.one != nil {
		out = map[string]any{"enum": m.one}
	}
	return out
}

func (g *schemaWriter) def(name string, schema map[string]any) string {
	g.defs[name] = schema
	return "#/$defs/" + name
}

func (g *schemaWriter) structDef(t reflect.Type) string {
	ref := "#/$defs/" + t.Name()
	if g.defs[t.Name()] != nil {
		return ref
	}
	properties := map[string]any{}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	g.defs[t.Name()] = out
	if d := g.docs[t.Name()]; d != "" {
		out["description"] = d
	}
	var required []string
	for _, key := range keysOf(t) {
		f := fieldsOf(t)[key]
		s := g.value(t.Field(f.index).Type, f.must)
		if d := g.docs[t.Name()+"."+t.Field(f.index).Name]; d != "" {
			s["description"] = d
		}
		properties[key] = s
		if f.must.required {
			required = append(required, key)
		}
	}
	if required != nil {
		out["required"] = required
	}
	return ref
}

// readDocs reads the comments of the file types.
func readDocs(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, file := range []string{"file.go", "file_service.go", "file_case.go", "file_tax.go", "file_late.go", "file_money.go", "file_budget.go", "file_appointment.go", "file_demo_spending.go", "file_dataset.go"} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || len(g.Specs) != 1 {
				continue
			}
			s, ok := g.Specs[0].(*ast.TypeSpec)
			if !ok {
				continue
			}
			text := strings.TrimPrefix(oneLine(g.Doc), s.Name.Name+" is ")
			docs[s.Name.Name] = strings.TrimPrefix(text, s.Name.Name+" ")
			fields, ok := s.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range fields.Fields.List {
				for _, name := range f.Names {
					docs[s.Name.Name+"."+name.Name] = strings.TrimSpace(oneLine(f.Doc) + " " + oneLine(f.Comment))
				}
			}
		}
	}
	return docs
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// TestSchemasTakeWhatLoadTakes holds the base and the sample jurisdiction against the schemas, and
// shows that they can refuse.
func TestSchemasTakeWhatLoadTakes(t *testing.T) {
	check := func(schema string, src []byte) error {
		c := jsonschema.NewCompiler()
		s, err := c.Compile(path.Join(schemaFolder, schema+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(asJSON(t, src))
	}
	files := base(t)
	for name, file := range folder(t, sample) {
		files["sample/"+name] = file
	}
	for name, file := range folder(t, "testdata/taxes/base") {
		files["testing/"+name] = file
	}
	for name, file := range files {
		src := file.Data
		name = strings.TrimPrefix(strings.TrimPrefix(name, "sample/"), "testing/")
		schema := map[string]string{"services": "service", "taxes": "tax", "budget": "budget", "programmes": "programme", "appointments": "appointment", "datasets": "dataset", "registers": "register", "parameters": "parameters", ".": strings.TrimSuffix(name, ".yaml")}[path.Dir(name)]
		if path.Ext(name) != ".yaml" {
			continue
		}
		if err := check(schema, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := check(schema, append([]byte("nonsense: 1\n"), src...)); err == nil {
			t.Errorf("%s: the schema takes an unknown key", name)
		}
	}
}

// asJSON turns YAML into what the validator reads; dates stay text.
func asJSON(t *testing.T, src []byte) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(src, &n); err != nil {
		t.Fatal(err)
	}
	var plain func(n *yaml.Node) any
	plain = func(n *yaml.Node) any {
		switch n = unalias(n); n.Kind {
		case yaml.DocumentNode:
			return plain(n.Content[0])
		case yaml.MappingNode:
			out := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				out[n.Content[i].Value] = plain(n.Content[i+1])
			}
			return out
		case yaml.SequenceNode:
			out := []any{}
			for _, c := range n.Content {
				out = append(out, plain(c))
			}
			return out
		}
		switch n.Tag {
		case "!!int", "!!float":
			return json.Number(n.Value)
		case "!!bool":
			return n.Value == "true"
		}
		return n.Value
	}
	return plain(&n)
}
