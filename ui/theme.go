package ui

// role is what a piece of text is on the screen; a theme gives it its looks.
type role uint8

const (
	roleText role = iota
	roleMuted
	roleTitle   // a pane's title
	roleFocus   // the title of the pane of the side in focus
	roleOK      // a call that succeeded, a prediction that held
	roleRefused // a call the kernel refused, a prediction that did not hold
	roleWaiting // a side blocked in a call
	roleKernel  // what the kernel shows: states, queues
	roleWire    // bytes as they travel
	roleChanged // what the last move changed
	roleKey     // a key's name
	roleBold
	roleCode
	roleKeyword
	roleString
	roleNumber
	roleComment
	roleDirective
	roleNext // the line about to run
	roleRan  // a line that has run
	roleChosen
	roleNotice
	roleHere // the part one is in
	roleCursor
	roleCount
)

// Depth is how many colours the terminal shows.
type Depth int

const (
	// DepthFull is 256 colours or more.
	DepthFull Depth = iota
	// Depth16 is the sixteen colours every terminal names for itself.
	Depth16
	// DepthMono is none: bold, underline and reverse only.
	DepthMono
)

// theme is the looks of every role, as finished SGR sequences. base is put in
// front of everything, also of blanks.
type theme struct {
	name string
	base string
	sgr  [roleCount]string
}

// looks are SGR parameters by role; what is left out looks like plain text.
type looks map[role]string

var monoLooks = looks{
	roleTitle: "1", roleFocus: "1;7", roleRefused: "1", roleWaiting: "1",
	roleChanged: "1;4", roleKey: "1", roleBold: "1", roleCode: "1", roleNext: "1;7",
	roleChosen: "7", roleNotice: "1", roleHere: "1;7", roleCursor: "7", roleDirective: "",
}

var sixteenLooks = looks{
	roleTitle: "1", roleFocus: "1;36", roleOK: "32", roleRefused: "1;31", roleWaiting: "33",
	roleKernel: "36", roleWire: "35", roleChanged: "1;33", roleKey: "1", roleBold: "1",
	roleCode: "36", roleKeyword: "34", roleString: "32", roleNumber: "35", roleNext: "1;7",
	roleChosen: "7", roleNotice: "1;33", roleHere: "1;7", roleCursor: "7",
}

var darkLooks = looks{
	roleMuted: "38;5;245", roleTitle: "1;38;5;252", roleFocus: "1;38;5;117", roleOK: "38;5;114",
	roleRefused: "1;38;5;210", roleWaiting: "38;5;221", roleKernel: "38;5;117", roleWire: "38;5;183",
	roleChanged: "1;38;5;221", roleKey: "1;38;5;153", roleBold: "1", roleCode: "38;5;153",
	roleKeyword: "38;5;111", roleString: "38;5;150", roleNumber: "38;5;183", roleComment: "38;5;245",
	roleDirective: "38;5;180", roleNext: "1;48;5;24;38;5;231", roleRan: "38;5;245",
	roleChosen: "1;48;5;24;38;5;231", roleNotice: "1;38;5;221", roleHere: "1;48;5;24;38;5;231", roleCursor: "7",
}

var lightLooks = looks{
	roleMuted: "38;5;240", roleTitle: "1;38;5;236", roleFocus: "1;38;5;25", roleOK: "38;5;22",
	roleRefused: "1;38;5;124", roleWaiting: "38;5;94", roleKernel: "38;5;25", roleWire: "38;5;90",
	roleChanged: "1;38;5;94", roleKey: "1;38;5;25", roleBold: "1", roleCode: "38;5;24",
	roleKeyword: "38;5;25", roleString: "38;5;22", roleNumber: "38;5;90", roleComment: "38;5;240",
	roleDirective: "38;5;94", roleNext: "1;48;5;153;38;5;16", roleRan: "38;5;240",
	roleChosen: "1;48;5;153;38;5;16", roleNotice: "1;38;5;94", roleHere: "1;48;5;153;38;5;16", roleCursor: "7",
}

var contrastLooks = looks{
	roleTitle: "1;4", roleFocus: "1;7", roleRefused: "1;91", roleWaiting: "1;93", roleOK: "1;92",
	roleChanged: "1;93", roleKey: "1;93", roleBold: "1", roleCode: "1", roleNext: "1;30;103",
	roleChosen: "1;30;103", roleNotice: "1;93", roleHere: "1;30;103", roleCursor: "7", roleKernel: "1",
}

// themeNames are the themes in the order the key walks through them.
var themeNames = []string{"dark", "light", "contrast"}

// themeFor builds a theme; an unknown name is "dark".
func themeFor(name string, d Depth) theme {
	switch {
	case d == DepthMono:
		return build(name, "", monoLooks)
	case name == "contrast":
		return build(name, "97;40", contrastLooks)
	case d == Depth16:
		return build(name, "", sixteenLooks)
	case name == "light":
		return build(name, "", lightLooks)
	}
	return build("dark", "", darkLooks)
}

func build(name, base string, l looks) theme {
	t := theme{name: name}
	if base != "" {
		t.base = "\x1b[" + base + "m"
	}
	for r, params := range l {
		if params != "" {
			t.sgr[r] = t.base + "\x1b[" + params + "m"
		}
	}
	return t
}

// nextTheme is the name after this one.
func nextTheme(name string) string {
	for i, n := range themeNames {
		if n == name {
			return themeNames[(i+1)%len(themeNames)]
		}
	}
	return themeNames[0]
}
