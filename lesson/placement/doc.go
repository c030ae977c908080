// Package placement finds the lesson to start with: it chooses questions, each of
// which belongs to a lesson of a course, and says what the answers to them advise.
// It asks nobody and marks nothing.
package placement
