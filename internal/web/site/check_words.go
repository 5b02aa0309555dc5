package site

import (
	"encoding/json"

	"stoa/internal/view"
	"stoa/internal/web"
)

// verifyWords is what the script of /verify needs, in the reader's language.
func verifyWords(r *web.Request) string {
	v := reader(r)
	kinds, fields := map[string]string{}, map[string]string{}
	for _, k := range view.LeafKinds() {
		kinds[k] = v.LeafKind(k)
	}
	for _, f := range view.LeafFields() {
		fields[f] = v.LeafField(f)
	}
	raw, err := json.Marshal(map[string]any{
		"holds": r.T("The proof holds"), "fails": r.T("The proof does not hold"), "unreadable": r.T("It cannot be read as a proof."),
		"here": r.T("Checked in your own browser. Nothing has left your device."),
		"what": r.T("What"), "by": r.T("By"), "at": r.T("When"), "place": r.T("Place in the log"), "witnesses": r.T("Confirmed by witnesses"),
		"nobody": r.T("nobody yet"), "kinds": kinds, "fields": fields, "failures": v.Failings(),
		"compare": r.T("Compare this with what you were shown, word by word. Only what stands here is proved, and it says how things stood then."),
		"since":   r.T("Whether it was suspended, revoked or changed since, only the register can say."),
		"over":    r.T("Its time is over: it may not be used"),
		"today":   r.T("See how it stands today"),
		"scan":    r.T("Scan with the camera"), "stop": r.T("Stop the camera"),
		"aim":    r.T("Hold the code in front of the camera, so that it fills most of the picture."),
		"camera": r.T("The camera cannot be used. Take a photo and choose it as a file instead."),
	})
	if err != nil {
		return "{}" // texts can be written
	}
	return string(raw)
}
