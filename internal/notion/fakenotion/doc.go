// Package fakenotion is the Notion API over a workspace that lives in memory:
// the shapes, limits and refusals of the real one (version 2026-03-11), plus
// misbehaviour on demand. Tests sync from it and the demo lives in it.
//
// Everything it does follows from its Options and the calls made to it: ids
// come from the seed, time from Now.
package fakenotion
