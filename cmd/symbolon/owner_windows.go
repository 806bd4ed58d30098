package main

// ownedLikeFolder has nothing to do: files belong to whom the folder says.
func ownedLikeFolder(string) error { return nil }
