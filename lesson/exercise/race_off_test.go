//go:build !race

package exercise

const raced = false
