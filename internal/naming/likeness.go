package naming

import (
	"slices"
	"strings"
)

// Likeness says how like a name is to what people call a column, from 0 to 1:
// by its words, whatever their order, each by its letters. Half the words in
// common are 0.5.
func Likeness(name, column string) float64 {
	words := telling(name)
	best := 0.0
	for _, known := range slices.Concat([]string{column}, Template(column), synonyms(column)) {
		best = max(best, likeWords(words, telling(known)))
	}
	return best
}

// telling returns the words of a name that tell it from others: half of all
// names in question begin with "Date".
func telling(name string) []string {
	words := slices.DeleteFunc(strings.Fields(essence(name)), func(word string) bool { return word == "date" })
	for i, word := range words {
		if len(word) > 4 {
			words[i] = strings.TrimSuffix(word, "s") // one or many, it is the same thing
		}
	}
	return words
}

func likeWords(a, b []string) float64 {
	const close = 0.75 // what is less like is another word
	if len(a)+len(b) == 0 {
		return 0
	}
	left := slices.Clone(b)
	sum := 0.0
	for _, word := range a {
		best, at := 0.0, -1
		for i, other := range left {
			if l := likeLetters(word, other); l > best {
				best, at = l, i
			}
		}
		if best >= close {
			sum += best
			left = slices.Delete(left, at, at+1)
		}
	}
	return 2 * sum / float64(len(a)+len(b))
}

// likeLetters is 1 less the share of letters that have to be changed, added or
// taken away to make one word of the other.
func likeLetters(a, b string) float64 {
	return 1 - float64(Edits(a, b))/float64(max(len(a), len(b), 1))
}
