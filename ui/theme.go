package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

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

// looks are styles by role; what is left out looks like plain text.
type looks map[role]lipgloss.Style

var plain = lipgloss.NewStyle()

// ink is text in a colour: a number below 16 is one the terminal names itself,
// others are of the fixed palette of 256.
func ink(colour string) lipgloss.Style { return plain.Foreground(lipgloss.Color(colour)) }

// on is text in a colour on another one.
func on(ground, colour string) lipgloss.Style {
	return ink(colour).Background(lipgloss.Color(ground))
}

var monoLooks = looks{
	roleTitle: plain.Bold(true), roleFocus: plain.Bold(true).Reverse(true), roleRefused: plain.Bold(true), roleWaiting: plain.Bold(true),
	roleChanged: plain.Bold(true).Underline(true), roleKey: plain.Bold(true), roleBold: plain.Bold(true), roleCode: plain.Bold(true), roleNext: plain.Bold(true).Reverse(true),
	roleChosen: plain.Reverse(true), roleNotice: plain.Bold(true), roleHere: plain.Bold(true).Reverse(true), roleCursor: plain.Reverse(true),
}

var sixteenLooks = looks{
	roleTitle: plain.Bold(true), roleFocus: ink("6").Bold(true), roleOK: ink("2"), roleRefused: ink("1").Bold(true), roleWaiting: ink("3"),
	roleKernel: ink("6"), roleWire: ink("5"), roleChanged: ink("3").Bold(true), roleKey: plain.Bold(true), roleBold: plain.Bold(true),
	roleCode: ink("6"), roleKeyword: ink("4"), roleString: ink("2"), roleNumber: ink("5"), roleNext: plain.Bold(true).Reverse(true),
	roleChosen: plain.Reverse(true), roleNotice: ink("3").Bold(true), roleHere: plain.Bold(true).Reverse(true), roleCursor: plain.Reverse(true),
}

var darkLooks = looks{
	roleMuted: ink("245"), roleTitle: ink("252").Bold(true), roleFocus: ink("117").Bold(true), roleOK: ink("114"),
	roleRefused: ink("210").Bold(true), roleWaiting: ink("221"), roleKernel: ink("117"), roleWire: ink("183"),
	roleChanged: ink("221").Bold(true), roleKey: ink("153").Bold(true), roleBold: plain.Bold(true), roleCode: ink("153"),
	roleKeyword: ink("111"), roleString: ink("150"), roleNumber: ink("183"), roleComment: ink("245"),
	roleDirective: ink("180"), roleNext: on("24", "231").Bold(true), roleRan: ink("245"),
	roleChosen: on("24", "231").Bold(true), roleNotice: ink("221").Bold(true), roleHere: on("24", "231").Bold(true), roleCursor: plain.Reverse(true),
}

var lightLooks = looks{
	roleMuted: ink("240"), roleTitle: ink("236").Bold(true), roleFocus: ink("25").Bold(true), roleOK: ink("22"),
	roleRefused: ink("124").Bold(true), roleWaiting: ink("94"), roleKernel: ink("25"), roleWire: ink("90"),
	roleChanged: ink("94").Bold(true), roleKey: ink("25").Bold(true), roleBold: plain.Bold(true), roleCode: ink("24"),
	roleKeyword: ink("25"), roleString: ink("22"), roleNumber: ink("90"), roleComment: ink("240"),
	roleDirective: ink("94"), roleNext: on("153", "16").Bold(true), roleRan: ink("240"),
	roleChosen: on("153", "16").Bold(true), roleNotice: ink("94").Bold(true), roleHere: on("153", "16").Bold(true), roleCursor: plain.Reverse(true),
}

var contrastLooks = looks{
	roleTitle: plain.Bold(true).Underline(true), roleFocus: plain.Bold(true).Reverse(true), roleRefused: ink("9").Bold(true), roleWaiting: ink("11").Bold(true), roleOK: ink("10").Bold(true),
	roleChanged: ink("11").Bold(true), roleKey: ink("11").Bold(true), roleBold: plain.Bold(true), roleCode: plain.Bold(true), roleNext: on("11", "0").Bold(true),
	roleChosen: on("11", "0").Bold(true), roleNotice: ink("11").Bold(true), roleHere: on("11", "0").Bold(true), roleCursor: plain.Reverse(true), roleKernel: plain.Bold(true),
}

// themeNames are the themes in the order the key walks through them.
var themeNames = []string{"dark", "light", "contrast"}

// themeFor builds a theme; an unknown name is "dark".
func themeFor(name string, d Depth) theme {
	switch {
	case d == DepthMono:
		return build(name, plain, monoLooks)
	case name == "contrast":
		return build(name, on("0", "15"), contrastLooks)
	case d == Depth16:
		return build(name, plain, sixteenLooks)
	case name == "light":
		return build(name, plain, lightLooks)
	}
	return build("dark", plain, darkLooks)
}

func build(name string, base lipgloss.Style, l looks) theme {
	t := theme{name: name, base: sgrOf(base)}
	for r, style := range l {
		t.sgr[r] = t.base + sgrOf(style)
	}
	return t
}

// sgrOf is what a style puts in front of a text. It is asked for once a theme,
// since rendering each piece of a frame on its own takes longer than the frame may.
func sgrOf(style lipgloss.Style) string {
	sgr, _, _ := strings.Cut(style.Render("x"), "x")
	return sgr
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
