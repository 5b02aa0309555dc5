package ckan

import "net/http"

// apiError is an error as CKAN writes it: a status, and a body with __type.
type apiError struct {
	status int
	body   members
}

// Error implements error.
func (e *apiError) Error() string {
	text, _ := e.body["message"].(string)
	kind, _ := e.body["__type"].(string)
	return kind + ": " + text
}

func notFound(message string) *apiError {
	return &apiError{http.StatusNotFound, members{"__type": "Not Found Error", "message": message}}
}

func denied(message string) *apiError {
	return &apiError{http.StatusForbidden, members{"__type": "Authorization Error", "message": "Access denied: " + message}}
}

func badRequest(message string) *apiError {
	return &apiError{http.StatusBadRequest, members{"__type": "Bad Request", "message": "Bad request - " + message}}
}

// invalid says what is wrong with one parameter.
func invalid(field string, messages ...string) *apiError {
	return &apiError{http.StatusConflict, members{"__type": "Validation Error", field: messages}}
}

func searchQuery(message string) *apiError {
	return &apiError{http.StatusBadRequest, members{"__type": "Search Query Error", "message": "Search Query is invalid: " + message}}
}
