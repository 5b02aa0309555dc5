package catalogue

import (
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
)

// Agent is a public body. URI is its own address, the same wherever it is named.
type Agent struct {
	ID    string // short, as in addresses
	URI   string
	Name  i18n.Text
	Email string
	Phone string
	Page  string    // where it says how to be reached
	Hours i18n.Text // of its office
}

// Licence is what may be done with the data.
type Licence struct{ ID, Title, URI string }

// Source is a law: by its address where it has one. Its title is in the language in which it was made.
type Source struct {
	ID    string
	Title i18n.Text
	URL   string
}

// Place is the area that a government is responsible for.
type Place struct {
	URI  string
	Name i18n.Text
}

// Catalogue is everything that is published as data.
type Catalogue struct {
	URL       string // /data
	Title     i18n.Text
	Summary   i18n.Text
	Homepage  string
	Languages []string // BCP 47
	Publisher Agent
	Place     Place
	Licence   Licence   // of the catalogue itself
	Issued    time.Time // of the first version of anything; zero: not yet
	Modified  time.Time
	API       API
	Themes    []Theme // that datasets are about
	Bodies    []Agent // whose data there may be
	Series    []Series
	Datasets  []Dataset
}

// Theme is one of the EU's data themes. Its title in English is the authority's own; others are ours.
type Theme struct {
	ID    string // GOVE
	Title i18n.Text
}

// API is the Action API over the same datasets.
type API struct {
	URL     string // of the service; EndpointURL is where it is asked
	Asked   string
	Title   i18n.Text
	Summary i18n.Text
	About   string // its description
}

// Series gathers datasets of one kind, by their ids.
type Series struct {
	ID             string
	URL            string
	Title, Summary i18n.Text
	Frequency      string
}

// Dataset is a dataset with its versions, the newest first.
type Dataset struct {
	ID        string
	URL       string // /data/ID
	Title     i18n.Text
	Summary   i18n.Text
	Keywords  map[string][]string // by language
	Themes    []string            // EU data themes: GOVE
	Frequency string              // EU frequency: MONTHLY
	Licence   Licence
	Owner     Agent
	Place     Place
	From      calendar.Date // what it covers; zero: not known
	Until     calendar.Date
	Law       *Source
	Series    string // of Catalogue.Series
	Columns   []Column
	Issued    time.Time // of its first version
	Versions  []Version
	More      bool // older versions exist that are not listed
}

// Column is what a column of a dataset holds.
type Column struct {
	ID    string
	Title i18n.Text
	About i18n.Text
	Unit  string
}

// Version is a dataset as it stood once and stays for ever.
type Version struct {
	Number int
	URL    string // /data/ID/v/N
	At     time.Time
	Note   string // what changed
	Rows   int64
	Schema string // address of its Table Schema
	Files  []File
}

// File is a version in one format. Bytes and SHA256 are 0 and "" where the file is only made when somebody asks for it.
type File struct {
	Format string // csv, csv.gz, jsonl, parquet, geojson
	URL    string
	Bytes  int64
	SHA256 string // hex
	Title  string
}

// Services is everything that can be asked of a government.
type Services struct {
	URL       string // /services
	Title     i18n.Text
	Summary   i18n.Text
	Languages []string
	Publisher Agent
	Place     Place
	Services  []Service
}

// Service is a public service.
type Service struct {
	ID       string
	URL      string // /services/ID
	Title    i18n.Text
	Summary  i18n.Text
	Who      i18n.Text // may ask for it
	Keywords map[string][]string
	Owner    Agent
	Topics   []Topic
	Events   []Topic // of life or business
	Needs    []Need
	Laws     []Source
	Output   i18n.Text // what is issued
	OutputID string
	Costs    []Cost
	Currency string // ISO 4217
	Channels []Channel
	Days     int // at most, from asking to the decision, where the law names one; calendar days
	Months   int
}

// Topic is a group of services with a page of its own.
type Topic struct {
	ID, URL        string
	Title, Summary i18n.Text
	Business       bool // an event in the life of a business
}

// Need is a requirement and what shows that it is met.
type Need struct {
	Title    i18n.Text
	Evidence i18n.Text
	Law      string // id of a source of the service
}

// Cost is an item of the fee. Amount is "" where answers decide.
type Cost struct {
	ID     string
	Title  i18n.Text
	Amount string // decimal, in the currency
	Law    string
}

// Channel is a way to ask.
type Channel struct {
	Kind  string // web, desk, paper, phone
	Title i18n.Text
	URL   string
}
