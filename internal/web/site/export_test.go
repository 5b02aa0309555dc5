package site

// PartsOf is partsOf, for its test.
var PartsOf = partsOf
