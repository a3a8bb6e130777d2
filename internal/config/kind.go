package config

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// kind is how the value of a setting is read, shown and checked.
type kind struct {
	form  form
	set   func(*Config, string) error // the error says what to write instead
	show  func(Config) string
	check func(Config) error     // of a Config that was made by hand; nil where nothing can be wrong
	same  func(a, b Config) bool // nil where it is the same if it shows the same
}

// form is what an editor can know of a value in leadlake.yaml.
type form struct {
	types    []string // of JSON; default a string
	pattern  string
	choices  []string
	min, max int
}

// as returns the kind with another form.
func (k kind) as(f form) kind {
	k.form = f
	return k
}

// valid returns what is wrong with a value of c, nil where nothing is.
func (k kind) valid(c Config) error {
	if k.check == nil {
		return nil
	}
	return k.check(c)
}

// equal reports whether a and b have the same value.
func (k kind) equal(a, b Config) bool {
	if k.same == nil {
		return k.show(a) == k.show(b)
	}
	return k.same(a, b)
}

// ofText is a value that is kept as it is written.
func ofText(field func(*Config) *string, check func(string) error) kind {
	return kind{
		set:   func(c *Config, v string) error { *field(c) = v; return check(v) },
		show:  func(c Config) string { return *field(&c) },
		check: func(c Config) error { return check(*field(&c)) },
	}
}

// anything is the check of a value that nothing is wrong with.
func anything(string) error { return nil }

// ofSecret is a value that is not shown.
func ofSecret(field func(*Config) *Secret) kind {
	return kind{
		set:  func(c *Config, v string) error { *field(c) = Secret(v); return nil },
		show: func(c Config) string { return field(&c).String() },
		same: func(a, b Config) bool { return *field(&a) == *field(&b) },
	}
}

// ofNumber is a whole number of some unit.
func ofNumber(field func(*Config) *int, least, most int, unit, example string) kind {
	check := func(n int) error {
		if n < least || n > most {
			return fmt.Errorf("%d %s are out of range: write %d to %d", n, unit, least, most)
		}
		return nil
	}
	return kind{
		form: form{types: []string{"integer"}, min: least, max: most},
		set: func(c *Config, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil {
				return fmt.Errorf("%q is not a number of %s: write a whole number, for example %s", v, unit, example)
			}
			*field(c) = n
			return check(n)
		},
		show:  func(c Config) string { return strconv.Itoa(*field(&c)) },
		check: func(c Config) error { return check(*field(&c)) },
	}
}

// ofDuration is a length of time between runs, or of one.
func ofDuration(field func(*Config) *time.Duration) kind {
	return kind{
		form: form{pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`},
		set: func(c *Config, v string) error {
			d, err := time.ParseDuration(v)
			if err != nil {
				return fmt.Errorf("%q is not a duration: write one like 30s, 5m or 1h", v)
			}
			*field(c) = d
			return checkDuration(d)
		},
		show:  func(c Config) string { return field(&c).String() },
		check: func(c Config) error { return checkDuration(*field(&c)) },
	}
}

func checkDuration(d time.Duration) error {
	if d < 100*time.Millisecond {
		return fmt.Errorf("%s is too short: write a duration like 30s, 5m or 1h", d)
	}
	return nil
}

// sample returns a value that somebody might write.
func (st setting) sample() string { return cmp.Or(st.example, st.initial) }
