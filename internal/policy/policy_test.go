package policy

import (
	"testing"

	"stoa/internal/fault"
)

func TestDefaultIsDeny(t *testing.T) {
	if err := Can(Actor{Person: "p", Grants: []Grant{{Supervisor, "licensing"}}, System: true}, "no.such", Thing{Public: true, Owner: "p"}); err == nil {
		t.Fatal("an unknown action was allowed")
	}
	for do := range table {
		if do == ServiceRead || do == DraftStart || do == LogRead || do == SpendingSee || do == CredentialRead || do == CredentialAsk {
			continue
		}
		if Can(Actor{}, do, Thing{}) == nil {
			t.Errorf("%s: a stranger may do it to anything", do)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	theCase := Thing{Kind: "case", ID: "c", Organisation: "licensing", Owner: "asha", Consulted: []string{"police"}, Decider: "sam"}
	asha := Actor{Person: "asha"}
	ben := Actor{Person: "ben"}
	officer := Actor{Person: "olu", Grants: []Grant{{Officer, "licensing"}}}
	reader := Actor{Person: "rita", Grants: []Grant{{Reader, "licensing"}}}
	supervisor := Actor{Person: "sue", Grants: []Grant{{Supervisor, "licensing"}}}
	police := Actor{Person: "pam", Grants: []Grant{{Officer, "police"}}}
	own := Actor{Person: "asha", Grants: []Grant{{Supervisor, "licensing"}, {Officer, "police"}}}
	proposer := Actor{Person: "sam", Grants: []Grant{{Supervisor, "licensing"}}}
	admin := Actor{Person: "ada", Grants: []Grant{{Administrator, "licensing"}}}

	tests := []struct {
		name string
		who  Actor
		do   Action
		want fault.Kind // Internal: allowed
	}{
		{"applicant sees the case", asha, CaseOwn, 0},
		{"another resident does not", ben, CaseOwn, fault.NotFound},
		{"officer reads", officer, CaseRead, 0},
		{"reader reads", reader, CaseRead, 0},
		{"reader does not work", reader, CaseWork, fault.NotFound},
		{"police does not read the case", police, CaseRead, fault.NotFound},
		{"police reads its part", police, ConsultRead, 0},
		{"licensing is not consulted", officer, ConsultRead, fault.NotFound},
		{"no work on one's own case", own, CaseWork, fault.NotFound},
		{"no reply about one's own case", own, ConsultReply, fault.NotFound},
		{"no approval of one's own case", own, CaseApprove, fault.NotFound},
		{"no approval of one's own proposal", proposer, CaseApprove, fault.NotFound},
		{"another supervisor approves", supervisor, CaseApprove, 0},
		{"an officer does not approve", officer, CaseApprove, fault.NotFound},
		{"an administrator sees no case", admin, CaseRead, fault.NotFound},
		{"an administrator manages staff", admin, StaffManage, 0},
		{"an officer does not", officer, StaffManage, fault.Forbidden},
		{"a visitor must sign in", Actor{}, DeskEnter, fault.Unauthenticated},
		{"only the system turns days", supervisor, CaseTurn, fault.Forbidden},
	}
	for _, test := range tests {
		err := Can(test.who, test.do, theCase)
		if test.want == 0 && err != nil || test.want != 0 && (err == nil || fault.KindOf(err) != test.want) {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

// TestAnEmergencyShowsWhatTheKeeperSees, and no field that a file keeps for another organisation.
func TestAnEmergencyShowsWhatTheKeeperSees(t *testing.T) {
	record := Thing{Kind: "record", ID: "r1", Organisation: "registry"}
	a := Actor{Person: "p", Grants: []Grant{{Role: Officer, Organisation: "fire"}}, Opened: []string{Opened("record", "r1")}}
	if !SeesField(a, record, false, nil) {
		t.Error("what was opened is not seen")
	}
	if SeesField(a, record, false, []string{"police"}) {
		t.Error("a field for the police alone is seen by whoever opened the record")
	}
}
