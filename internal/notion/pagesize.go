package notion

// pageSize is how many rows a query asks for: fewer when Notion struggles,
// more again when it copes.
type pageSize struct {
	step   int
	streak int // answers since the last change
}

func (s *pageSize) rows() int { return []int{100, 50, 25, 10}[s.step] }

func (s *pageSize) shrink() {
	s.step, s.streak = min(s.step+1, 3), 0
}

func (s *pageSize) grow() {
	const confidence = 3
	if s.streak++; s.streak >= confidence && s.step > 0 {
		s.step, s.streak = s.step-1, 0
	}
}
