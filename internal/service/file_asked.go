package service

import "stoa/internal/money"

// AskedFile is a worked question: what somebody asks the assistant in any of the languages, and what must come of it. Exactly
// one of quotes, fee, eligible, asks, between, unknown and hand_off says what; law may stand beside it, or alone.
type AskedFile struct {
	Pos     Pos
	Ask     Text           `yaml:"ask" must:"required"`
	After   Text           `yaml:"after"`               // what was asked just before
	Answers map[string]any `yaml:"answers" must:"none"` // given when the assistant asks, written as in examples

	// Quotes is the part of this file that must be quoted.
	Quotes   string         `yaml:"quotes" must:"one:about|who|needs|channels|privacy|variants|questions|eligibility|figures|fee|steps|letters|decisions|results|standard|contact"`
	Fee      *money.Decimal `yaml:"fee"`      // must be computed
	Eligible *bool          `yaml:"eligible"` // must be computed
	Asks     string         `yaml:"asks"`     // the question that must be asked
	Between  []string       `yaml:"between"`  // services of which it must ask which one is meant; this one among them
	Unknown  bool           `yaml:"unknown"`  // it must say that it does not know
	HandOff  string         `yaml:"hand_off" must:"one:emergency|self_harm|violence|abuse|legal_advice|others_data"`

	Law string `yaml:"law"` // must be cited besides
}

// AssistantFile is what the assistant says and does that no service file can say.
type AssistantFile struct {
	Pos      Pos
	HandOver *HandOverFile `yaml:"hand_over"` // the service by which a question reaches a person
	HandOff  []HandOffFile `yaml:"hand_off"`
	Synonyms []SynonymFile `yaml:"synonyms"` // words that mean one thing here
}

// HandOverFile says where a conversation goes that a person is to answer.
type HandOverFile struct {
	Pos      Pos
	Service  string `yaml:"service" must:"required"`
	Question string `yaml:"question" must:"required"` // of type long_text: it is filled with the conversation
}

// HandOffFile is the fixed text for what an assistant must not try to answer.
type HandOffFile struct {
	Pos   Pos
	On    string              `yaml:"on" must:"required one:emergency|self_harm|violence|abuse|legal_advice|others_data"`
	Say   Text                `yaml:"say" must:"required"`
	Phone string              `yaml:"phone"`
	Link  string              `yaml:"link"`  // https://…
	Words map[string][]string `yaml:"words"` // per language: further words that mean it
}

// SynonymFile is a group of words or phrases in one language.
type SynonymFile struct {
	Pos      Pos
	Language string   `yaml:"language" must:"required"`
	Words    []string `yaml:"words" must:"required"`
}
