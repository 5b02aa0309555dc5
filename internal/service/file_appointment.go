package service

import "stoa/internal/calendar"

// AppointmentFile is one file of appointments/: a counter at which people are seen at a time that they booked.
type AppointmentFile struct {
	Pos          Pos
	Appointment  string                 `yaml:"appointment" must:"required id"` // id, the file's name, the address /appointments/ID
	Title        Text                   `yaml:"title" must:"required"`
	Summary      Text                   `yaml:"summary" must:"required"`
	Organisation string                 `yaml:"organisation" must:"required"`                                   // whose officers see people, and the day's list
	Keywords     map[string][]string    `yaml:"keywords"`                                                       // per language: everyday words for it
	Law          map[string]SourceFile  `yaml:"law" must:"word"`                                                // sources by id; `law:` elsewhere names one
	Place        []Text                 `yaml:"place" must:"required"`                                          // where to come: one text a line
	For          []AppointmentForFile   `yaml:"for" must:"required"`                                            // what one can come for
	People       int                    `yaml:"people"`                                                         // at most how many come together; default 1
	Hours        []AppointmentHoursFile `yaml:"hours" must:"required"`                                          // on holidays of calendar.yaml it is closed
	Step         int                    `yaml:"step"`                                                           // minutes from one time that can be booked to the next: 5, 10, 15, 20, 30 or 60; default 10
	Ahead        int                    `yaml:"ahead"`                                                          // days ahead that can be booked; default 60
	Notice       int                    `yaml:"notice"`                                                         // hours before which it must be booked or moved; default 0
	Open         int                    `yaml:"open"`                                                           // appointments to come that one person may hold at once; default 1
	Remind       int                    `yaml:"remind"`                                                         // hours before it a reminder is sent; default: none
	Bring        []Text                 `yaml:"bring"`                                                          // what to bring, whatever one comes for
	OnBehalf     []string               `yaml:"on_behalf" must:"one:parent|guardian|company|accountant|helper"` // who may book for somebody else, by mandate; default: nobody
	Privacy      PrivacyFile            `yaml:"privacy" must:"required"`                                        // why it is kept who came, and how long after the day
	Asked        []AppointmentAskedFile `yaml:"asked"`                                                          // questions to the assistant with what must come of them
}

// AppointmentForFile is something that one can come for.
type AppointmentForFile struct {
	Pos     Pos
	ID      string `yaml:"id" must:"required id"`
	Title   Text   `yaml:"title" must:"required"`   // what somebody wants to do: "Register a birth"
	Minutes int    `yaml:"minutes" must:"required"` // a multiple of 5
	More    int    `yaml:"more"`                    // minutes more for each person after the first; default 0
	Service string `yaml:"service"`                 // a service whose page leads here
	Bring   []Text `yaml:"bring"`
	Law     string `yaml:"law"`
}

// AppointmentHoursFile is when how many counters are open. Where more are open for a part of the day, that part is one of its own.
type AppointmentHoursFile struct {
	Pos      Pos
	Days     []string       `yaml:"days" must:"required one:monday|tuesday|wednesday|thursday|friday|saturday|sunday"`
	From     calendar.Clock `yaml:"from" must:"required"`
	Until    calendar.Clock `yaml:"until" must:"required"`
	Counters int            `yaml:"counters"` // people who are seen at once; default 1
}

// AppointmentAskedFile is a worked question about the appointment. Exactly one of asks and quotes says what must come of it.
type AppointmentAskedFile struct {
	Pos    Pos
	Ask    Text   `yaml:"ask" must:"required"`
	For    string `yaml:"for"`                                 // what it must be understood to be for
	Asks   string `yaml:"asks" must:"one:for|people|time"`     // what must be asked back
	Quotes string `yaml:"quotes" must:"one:about|place|bring"` // the part of this file that must be quoted
}
