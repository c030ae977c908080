//go:build unix

package terminal

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// watch looks after the signals, the terminal's size and its end, until the function it returns is called. Its
// goroutines never wait for the model in the way of a signal that ends the program.
func (t *terminal) watch() (stop func()) {
	last, size, job := make(chan os.Signal, 4), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(last, fatal()...)
	signal.Notify(size, unix.SIGWINCH)
	signal.Notify(job, unix.SIGCONT, unix.SIGTSTP)
	over := make(chan struct{})
	go t.onSignal(last, over, t.signalled)
	go t.onSignal(size, over, func(os.Signal) { t.program.Send(resized(t.tty)) })
	go t.onSignal(job, over, func(s os.Signal) { t.program.Send(jobMsg(s)) })
	t.tty.waiting.Add(1)
	go t.watchClosed()
	return func() {
		if t.lost.Load() {
			deafen(unix.SIGHUP) // it may still come, and would keep the caller from cleaning up
		}
		signal.Stop(last)
		signal.Stop(size)
		signal.Stop(job)
		close(over)
	}
}

// deafen has a signal do nothing from now on. Ignoring it instead would leave a moment in which nobody wants it and it is
// not ignored yet; one of the kernel's own, as a terminal's end sends twice, would then kill the program.
func deafen(s os.Signal) {
	if !signal.Ignored(s) {
		signal.Notify(make(chan os.Signal, 1), s)
	}
}

// fatal returns the signals that end the program. SIGHUP stays ignored where it was (nohup): the terminal's end is
// seen in another way.
func fatal() []os.Signal {
	s := []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGQUIT}
	if !signal.Ignored(unix.SIGHUP) {
		s = append(s, unix.SIGHUP)
	}
	return s
}

// signalled ends the program. A terminal that goes away may send SIGHUP twice: to the session's leader, and to the job.
func (t *terminal) signalled(s os.Signal) {
	if s == unix.SIGHUP {
		t.lost.Store(true)
	}
	t.end(&Ended{Signal: s.(syscall.Signal)})
}

func (t *terminal) onSignal(c <-chan os.Signal, over <-chan struct{}, f func(os.Signal)) {
	for {
		select {
		case s := <-c:
			f(s)
		case <-over:
			return
		}
	}
}

func (t *terminal) watchClosed() {
	if t.tty.waitClosed() {
		t.closed()
	}
}

func resized(t *tty) tea.Msg {
	w, h := t.size()
	return resizedMsg{w, h}
}

func jobMsg(s os.Signal) tea.Msg {
	if s == unix.SIGTSTP {
		return tea.SuspendMsg{}
	}
	return continuedMsg{}
}

// suspend gives the terminal back, stops, and takes it again when continued. It is called by the framework's loop,
// and returns the message that follows. Where nobody could continue the program, it goes on.
func (t *terminal) suspend() tea.Msg {
	if !continuable() {
		return nil
	}
	t.painter.pause()
	t.mu.Lock()
	if t.held {
		t.release()
	}
	t.mu.Unlock()
	stopGroup()
	go t.program.Send(t.retake())
	t.resumed = time.Now()
	return tea.ResumeMsg{}
}

// continuedMsg says that the process was continued after it had been stopped.
type continuedMsg struct{}

// continued takes the terminal again after a stop that came unasked. The same signal ends a suspension, which sees to
// it itself.
func (t *terminal) continued() tea.Msg {
	if time.Since(t.resumed) < 100*time.Millisecond {
		return nil
	}
	return t.retake()
}

// stopGroup stops the process group, as a shell expects of a job, and returns when it has been continued.
func stopGroup() {
	on := make(chan os.Signal, 1)
	signal.Notify(on, unix.SIGCONT)
	defer signal.Stop(on)
	if unix.Kill(0, unix.SIGSTOP) != nil {
		return
	}
	select {
	case <-on:
	case <-time.After(time.Second): // it has long been: the clock went on meanwhile
	}
}

// continuable reports whether there is a shell to continue us: the leader of our session, which has put us in a group
// of our own.
func continuable() bool {
	leader := sid()
	return leader != unix.Getpgrp() && unix.Kill(leader, 0) != unix.ESRCH
}

// retake takes the terminal again after others had it, and returns the message that has everything drawn anew.
func (t *terminal) retake() tea.Msg {
	switch err := t.take(); {
	case errors.Is(err, unix.EIO): // the kernel continues the job of a terminal that goes away
		t.closed()
		return nil
	case err != nil:
		t.end(fmt.Errorf("taking the terminal again: %w", err))
		return nil
	}
	t.painter.resume()
	return resized(t.tty)
}
