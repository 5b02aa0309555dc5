package service

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The files of a jurisdiction's folder.
const (
	jurisdictionFile = "jurisdiction.yaml"
	calendarFile     = "calendar.yaml"
	demoFile         = "demo.yaml"
	sharesFile       = "shares.yaml"
	moneyFile        = "money.yaml"
	commitmentsFile  = "commitments.yaml"
	maxSeedBytes     = 64 << 20
)

var folders = []string{"parameters", "registers", "elsewhere", "services", "taxes", "budget", "datasets", "programmes", "appointments"}

// Load reads, checks and compiles a jurisdiction's folder. It reports all problems at once, in order of
// place; with any problem the jurisdiction is nil.
func Load(fsys fs.FS) (*Jurisdiction, Problems) {
	l := &loader{sources: map[string][]byte{}, places: places{}}
	l.read(fsys, jurisdictionFile, maxBytes, true)
	l.read(fsys, calendarFile, maxBytes, true)
	l.read(fsys, moneyFile, maxBytes, false)
	l.read(fsys, commitmentsFile, maxBytes, false)
	l.read(fsys, demoFile, maxBytes, false)
	l.read(fsys, sharesFile, maxBytes, false)
	for _, dir := range folders {
		l.readFolder(fsys, dir)
	}
	l.seed = func(name string) bool { return l.read(fsys, name, maxSeedBytes, false) }
	return l.load()
}

// LoadPinned makes a jurisdiction with the one service or tax that sources (what Sources returned) describe:
// the same one with the same Hash, however the folder has changed since. Its registers have no seed records.
func LoadPinned(sources map[string][]byte) (*Jurisdiction, Problems) {
	l := &loader{sources: maps.Clone(sources), places: places{}, pinned: true}
	return l.load()
}

// loader holds what is read while it is checked.
type loader struct {
	sources  map[string][]byte // by path in the folder
	seed     func(name string) bool
	pinned   bool
	legible  bool // every file could be read
	places   places
	lines    map[string][]string // by file, once asked for
	problems Problems

	j         *Jurisdiction
	calendar  CalendarFile
	params    map[string]*Parameter
	demo      DemoFile
	registers []*RegisterFile
	elsewhere []*ElsewhereFile
	shares    SharesFile
	services  []*ServiceFile
	taxes     []*TaxFile
	budgets   []*BudgetFile
	datasets  []*DatasetFile

	appointments []*AppointmentFile
}

// read takes one file into sources; it reports whether it is there.
func (l *loader) read(fsys fs.FS, name string, limit int64, needed bool) bool {
	at := Pos{File: name}
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		if needed {
			l.problems.add(at, "the file is missing", "every jurisdiction has one: stoa new writes a first one")
		}
		return false
	}
	if err != nil {
		l.problems.add(at, "the file cannot be opened: "+err.Error(), "")
		return true
	}
	defer f.Close()
	src, err := readAtMost(f, limit)
	switch {
	case errors.Is(err, errTooLong):
		l.problems.add(at, fmt.Sprintf("the file is longer than %d kB", limit>>10), "divide it")
		return true
	case err != nil:
		l.problems.add(at, "the file cannot be read: "+err.Error(), "")
		return true
	}
	l.sources[name] = src
	return true
}

func (l *loader) readFolder(fsys fs.FS, dir string) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.problems.add(Pos{File: dir}, "the folder cannot be read: "+err.Error(), "")
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), ".") || path.Ext(name) == ".md" || path.Ext(name) == ".csv":
		case e.IsDir() || path.Ext(name) != ".yaml":
			l.problems.add(Pos{File: name}, "this is not read: the folder holds files that end in .yaml", "rename it, or move it elsewhere")
		default:
			l.read(fsys, name, maxBytes, true)
		}
	}
}

// load decodes, checks and compiles what was read.
func (l *loader) load() (*Jurisdiction, Problems) {
	l.decode()
	l.legible = len(l.problems) == 0
	l.checkJurisdiction()
	l.checkCalendar()
	l.checkMoney()
	l.checkParameters()
	l.checkRegisters()
	l.checkElsewhere()
	l.checkShares()
	l.compileMoney()
	l.checkBudgets()
	l.checkOCID()
	l.checkDataProtection()
	l.checkRights()
	l.checkHours()
	l.checkDemo()
	l.checkCommitments()
	l.checkProgrammes()
	l.checkAssistant()
	for _, f := range l.services {
		if s := l.service(f); s != nil {
			l.j.Services = append(l.j.Services, s)
		}
	}
	l.checkCredentialAnswers()
	slices.SortFunc(l.j.Services, func(a, b *Service) int { return strings.Compare(a.Service, b.Service) })
	l.carry()
	for _, f := range l.taxes {
		l.j.Taxes = append(l.j.Taxes, l.tax(f))
	}
	slices.SortFunc(l.j.Taxes, func(a, b *Tax) int { return strings.Compare(a.Tax, b.Tax) })
	l.checkDatasets()
	l.checkAppointments()
	if len(l.services) == 0 && len(l.taxes) == 0 && len(l.problems) == 0 {
		l.problems.add(Pos{File: "services"}, "there is no service", "describe one in services/NAME.yaml: stoa new writes a first one")
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	l.j.Hash = hashSources(folderFormat, l.sources)
	for _, s := range l.j.Services {
		s.sources = l.pin(s.Pos.File, s.registers())
		s.Hash = hashSources(serviceFormat, s.sources)
	}
	for _, t := range l.j.Taxes {
		t.sources = l.pin(t.Pos.File, t.registers())
		t.Hash = hashSources(taxFormat, t.sources)
		t.Rules.Hash = t.Hash
	}
	for _, d := range l.j.Datasets {
		d.Hash = l.datasetHash(d)
	}
	return l.j, nil
}

// decode reads every file into its type.
func (l *loader) decode() {
	l.j = &Jurisdiction{Registers: map[string]*Register{}}
	langs := l.languages()
	into := func(name string, v any) bool {
		return decodeFile(name, l.sources[name], langs, l.places, &l.problems, v)
	}
	for _, name := range slices.Sorted(maps.Keys(l.sources)) {
		switch dir := path.Dir(name); {
		case name == jurisdictionFile:
			into(name, &l.j.File)
		case name == calendarFile:
			into(name, &l.calendar)
		case name == moneyFile:
			l.j.Money = &MoneyFile{}
			into(name, l.j.Money)
		case name == commitmentsFile:
			l.j.Promises = &CommitmentsFile{}
			into(name, l.j.Promises)
		case name == demoFile:
			into(name, &l.demo)
		case name == sharesFile:
			into(name, &l.shares)
		case dir == "elsewhere":
			f := &ElsewhereFile{}
			if into(name, f) {
				l.named(name, f.Pos, "elsewhere", f.Elsewhere)
				l.elsewhere = append(l.elsewhere, f)
			}
		case dir == "parameters":
			var f ParameterFile
			into(name, &f)
			for i := range f.Parameters {
				l.j.Parameters = append(l.j.Parameters, &f.Parameters[i])
			}
		case dir == "registers":
			f := &RegisterFile{}
			if into(name, f) {
				l.named(name, f.Pos, "register", f.Register)
				l.registers = append(l.registers, f)
			}
		case dir == "services":
			f := &ServiceFile{}
			if into(name, f) {
				l.named(name, f.Pos, "service", f.Service)
				l.services = append(l.services, f)
			}
		case dir == "budget":
			f := &BudgetFile{}
			if into(name, f) {
				l.named(name, f.Pos, "budget", f.Budget)
				l.budgets = append(l.budgets, f)
			}
		case dir == "datasets" && path.Ext(name) == ".yaml":
			f := &DatasetFile{}
			if into(name, f) {
				l.named(name, f.Pos, "dataset", f.Dataset)
				l.datasets = append(l.datasets, f)
			}
		case dir == "programmes":
			f := &EvaluationFile{}
			if into(name, f) {
				l.named(name, f.Pos, "programme", f.Programme)
				l.j.Programmes = append(l.j.Programmes, f)
			}
		case dir == "appointments":
			f := &AppointmentFile{}
			if into(name, f) {
				l.named(name, f.Pos, "appointment", f.Appointment)
				l.appointments = append(l.appointments, f)
			}
		case dir == "taxes":
			f := &TaxFile{}
			if into(name, f) {
				l.named(name, f.Pos, "tax", f.Tax)
				l.taxes = append(l.taxes, f)
			}
		}
	}
}

// named checks that a file has the name of what it describes.
func (l *loader) named(file string, pos Pos, key, id string) {
	if base := strings.TrimSuffix(path.Base(file), ".yaml"); id != "" && id != base {
		l.problem(pos, fmt.Sprintf("rename the file to %s.yaml, or the %s to %s", id, key, base),
			"the file describes the %s %q but is named %s.yaml", key, id, base)
	}
}

// languages looks ahead for the languages, which every other file needs for its texts.
func (l *loader) languages() (langs []string) {
	var ignored Problems // decoding the file will find them again
	root, ok := parse(jurisdictionFile, l.sources[jurisdictionFile], &ignored)
	if !ok {
		return nil
	}
	if n := inside(root, "languages"); n != nil && n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			if c.Kind == yaml.ScalarNode && !contains(langs, c.Value) {
				langs = append(langs, c.Value)
			}
		}
	}
	return langs
}

// problem notes a problem with what stands at pos.
func (l *loader) problem(pos Pos, fix, what string, args ...any) {
	l.problems.add(pos, fmt.Sprintf(what, args...), fix)
}
