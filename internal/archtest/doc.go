// Package archtest holds the shape of the program as a test: who may import
// whom, that every package says what it is, and how long a file may be.
package archtest
