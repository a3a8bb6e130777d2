// Package leadlake holds the words of the business: leads, the events that
// happen to them, the periods in which those are counted, and the objectives
// they are measured against. Everything else in the program speaks them.
//
// It imports the standard library only. Start reading at lead.go.
package leadlake
