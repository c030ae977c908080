//go:build !race

package whole

const raced = false
