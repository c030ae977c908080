package ui

import (
	"bytes"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// before is the record of the move before the one v shows the outcome of; nil
// when v shows none.
func (s *stage) before(v *lesson.View) *lesson.View {
	if v.At < 1 || v.Phase != lesson.Ran && v.Phase != lesson.Free && s.past == nil {
		return nil
	}
	if v.Result == "" && len(v.StepCalls) == 0 && v.Phase != lesson.Ran {
		return nil
	}
	return s.source().Record(v.At - 1)
}

// earlier is a variable as it was before the last move, nil where it was not.
func (s *stage) earlier(v *lesson.View, side string, x *cprog.Variable) *cprog.Variable {
	if v.Traced != nil {
		return nil
	}
	was := s.before(v)
	if was == nil {
		return nil
	}
	old := sideOf(was, side)
	if old == nil {
		return nil
	}
	i := slices.IndexFunc(old.Variables, func(o cprog.Variable) bool { return o.Name == x.Name && o.Address == x.Address })
	if i < 0 {
		return nil
	}
	return &old.Variables[i]
}

// differs reports whether bytes of a variable are not what they were.
func differs(x, old *cprog.Variable, from, to int) bool {
	if old == nil || len(old.Bytes) != len(x.Bytes) || len(old.Written) != len(x.Written) {
		return false
	}
	from, to = min(from, len(x.Bytes)), min(to, len(x.Bytes))
	return !bytes.Equal(x.Bytes[from:to], old.Bytes[from:to]) ||
		to <= len(x.Written) && !slices.Equal(x.Written[from:to], old.Written[from:to])
}

func signIf(changed bool) span {
	if changed {
		return sp(roleChanged, " ◆ ")
	}
	return pad(3)
}

// byteChanges say in words what the last move changed in the memory the step is
// about: "a.sin_port: 00 00 → 1e 61".
func (m Model) byteChanges(v *lesson.View) []string {
	role, name := shown(v)
	s := sideOf(v, role)
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Variables, func(x cprog.Variable) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	x := &s.Variables[i]
	return changesOf(x, m.stage.earlier(v, role, x))
}

func countChanged(x, old *cprog.Variable) int {
	n := 0
	for i := range x.Bytes {
		if differs(x, old, i, i+1) {
			n++
		}
	}
	return n
}

func changesOf(x, old *cprog.Variable) []string {
	if old == nil {
		return nil
	}
	if !isAddress(x) {
		if !differs(x, old, 0, x.Size) {
			return nil
		}
		if x.Size > 8 {
			return []string{x.Name + ": " + words.Count(countChanged(x, old), "byte") + " of " + itoa(x.Size)}
		}
		return []string{x.Name + ": " + hexBytes(old, 0, x.Size) + " → " + hexBytes(x, 0, x.Size)}
	}
	var out []string
	for _, f := range netcore.FieldsAs(strings.TrimPrefix(x.Type, "struct "), x.Bytes, -1) {
		if end := min(f.Offset+f.Length, len(x.Bytes)); differs(x, old, f.Offset, end) {
			out = append(out, x.Name+"."+f.Name+": "+hexBytes(old, f.Offset, min(end, f.Offset+8))+" → "+hexBytes(x, f.Offset, min(end, f.Offset+8)))
		}
	}
	return out
}
