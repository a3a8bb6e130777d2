package delta

import "strings"

// keptAdds is where the adds of a state lie: side by side, and so do their
// texts. There may be very many, and where each lies on its own, most of what
// opening a table costs is the garbage collector's visits to them.
type keptAdds struct {
	adds []Add
	text strings.Builder
}

// blockAdds is how many adds lie in one block at most: one that is live keeps
// the whole block in memory.
const blockAdds = 128

// keep returns a copy of a that lies here, with the text packed.
func (k *keptAdds) keep(a Add, packed string) *Add {
	if len(k.adds) == cap(k.adds) {
		k.adds = make([]Add, 0, min(max(2*cap(k.adds), 1), blockAdds))
	}
	if size := len(a.Path) + len(packed); k.text.Cap()-k.text.Len() < size {
		k.text = strings.Builder{}
		k.text.Grow(size * (cap(k.adds) - len(k.adds)))
	}
	a.Path, a.packed = k.copied(a.Path), k.copied(packed)
	k.adds = append(k.adds, a)
	return &k.adds[len(k.adds)-1]
}

func (k *keptAdds) copied(s string) string {
	at := k.text.Len()
	k.text.WriteString(s)
	return k.text.String()[at:]
}
