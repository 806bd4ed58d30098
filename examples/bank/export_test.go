package bank

// TOTP opens the code of one counter to the tests.
var TOTP = totp
