package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"stoa/internal/condense"
	"stoa/internal/flow"
)

// AssistantConfig is which language model may choose among the sentences of the assistant's answers; none by default.
type AssistantConfig struct {
	URL     string `yaml:"url"`     // of the OpenAI-compatible protocol: http://127.0.0.1:8000/v1
	Model   string `yaml:"model"`   // as the server calls it
	Key     Secret `yaml:"key"`     // where the server wants one
	Seconds int    `yaml:"seconds"` // that an answer may wait for it; default 3
	PerDay  int    `yaml:"per_day"` // how often it may be asked; default 1000
}

// Bounds where nothing is set, and the longest that anybody is made to wait.
const (
	modelSeconds = 3
	modelPerDay  = 1000
	longestModel = 20
)

func (c AssistantConfig) check() error {
	if c.URL == "" {
		if c.Model != "" || c.Key != "" {
			return errors.New("assistant.url is missing: name the address of the language model, such as http://127.0.0.1:8000/v1, or take assistant.model away")
		}
		return nil
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "":
		return errors.New("assistant.url is no address: write it like https://models.example/v1; the key goes into assistant.key")
	case u.Scheme == "http" && !onMachine(u.Hostname()):
		return errors.New("the language model is on another machine: give assistant.url an address that begins with https, so that nobody on the way reads along")
	case c.Model == "":
		return errors.New("assistant.model is missing: name the model as its server calls it")
	case c.Seconds < 0 || c.Seconds > longestModel:
		return fmt.Errorf("assistant.seconds is %d: people wait so long for an answer; at most %d", c.Seconds, longestModel)
	case c.PerDay < 0:
		return errors.New("assistant.per_day is below nothing: say how often the language model may be asked in a day")
	}
	return nil
}

// languageModel wires the language model, where the operator named one.
func (a *App) languageModel() {
	c := a.Config.Assistant
	if c.URL == "" {
		return
	}
	if c.Seconds == 0 {
		c.Seconds = modelSeconds
	}
	if c.PerDay == 0 {
		c.PerDay = modelPerDay
	}
	a.Flow.Language = &flow.LanguageModel{PerDay: c.PerDay, Log: a.Log, Model: condense.New(condense.Config{URL: strings.TrimSuffix(c.URL, "/") + "/",
		Model: c.Model, Key: string(c.Key), Wait: time.Duration(c.Seconds) * time.Second})}
	a.View.LanguageModel = c.Model
}
