package server

// ParseTree is how bodies are read, for tests to compare with another way.
var ParseTree = parseTree
