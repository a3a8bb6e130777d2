// Package systemd tells the service manager that started the process how it is,
// by the protocol of sd_notify(3). Where there is none, nothing is told.
package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// States that a Manager understands; see sd_notify(3).
const (
	Ready    = "READY=1"
	Stopping = "STOPPING=1"
	Alive    = "WATCHDOG=1"
)

// Status is the state that says, for people, what the process does.
func Status(sentence string) string {
	return "STATUS=" + strings.ReplaceAll(sentence, "\n", " ")
}

// Reloading returns the states of a process that begins to read its
// configuration anew.
func Reloading() []string {
	states := []string{"RELOADING=1"}
	if at, known := monotonic(); known {
		states = append(states, "MONOTONIC_USEC="+strconv.FormatInt(at.Microseconds(), 10))
	}
	return states
}

// Manager is who started the process. The zero Manager hears nothing.
type Manager struct {
	socket   string
	watchdog time.Duration
}

// Find returns the service manager that an environment names.
func Find(environ []string) Manager {
	values := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	m := Manager{socket: values["NOTIFY_SOCKET"]}
	if pid := values["WATCHDOG_PID"]; pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return m // another process is watched
	}
	if micros, err := strconv.ParseInt(values["WATCHDOG_USEC"], 10, 64); err == nil && m.socket != "" {
		m.watchdog = time.Duration(micros) * time.Microsecond
	}
	return m
}

// Listens reports whether there is a manager.
func (m Manager) Listens() bool { return m.socket != "" }

// Watchdog returns how often the manager wants to hear Alive at least; 0 is not
// at all.
func (m Manager) Watchdog() time.Duration { return m.watchdog }

// Tell tells the manager of states.
func (m Manager) Tell(states ...string) error {
	if !m.Listens() {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("reaching the service manager: %w", err)
	}
	defer func() { _ = conn.Close() }() // a datagram is sent or not
	if _, err := conn.Write([]byte(strings.Join(states, "\n"))); err != nil {
		return fmt.Errorf("telling the service manager: %w", err)
	}
	return nil
}
