//go:build !race

package lesson

const slower = 1
