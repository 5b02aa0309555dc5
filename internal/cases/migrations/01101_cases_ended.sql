-- +goose Up
CREATE INDEX cases_ended ON cases (ended, id) WHERE ended > 0;
CREATE INDEX cases_service_ended ON cases (service, ended, id) WHERE ended > 0;
