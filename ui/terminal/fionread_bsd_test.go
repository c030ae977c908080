//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package terminal

const fionread = 0x4004667f // FIONREAD of sys/filio.h
