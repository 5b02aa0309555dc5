-- +goose Up
-- Every application that is sent looks for what was done and signed for its draft.
CREATE INDEX mandate_act_ref ON mandate_act (ref);
CREATE INDEX mandate_signature_what ON mandate_signature (what);
