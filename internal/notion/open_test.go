package notion_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/notion"
	"leadlake/internal/notion/fakenotion"
)

func TestOpenByAnythingThatNamesTheDatabase(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	source := f.db.Source().ID()
	short := strings.ReplaceAll(f.db.ID(), "-", "")
	for _, database := range []string{
		f.db.ID(),
		strings.ToUpper(f.db.ID()),
		short,
		"  " + short + "\n",
		source,
		"https://www.notion.so/equipe/Prospection-caf-" + short + "?v=0123456789abcdef0123456789abcdef",
		"https://www.notion.so/" + short + "?v=0123456789abcdef0123456789abcdef&p=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"https://app.notion.com/p/Prospection-" + short + "/",
		"www.notion.so/Prospection-" + f.db.ID(),
		"notion://www.notion.so/" + short,
		"collection://" + source,
		"https://equipe.notion.site/Prospection-" + short + "?v=0123456789abcdef0123456789abcdef#fedcba98765432100123456789abcdef",
		"https://app.notion.com/p/equipe/Prospection-" + short + "?pvs=4#fedcba98765432100123456789abcdef",
		"<https://www.notion.so/" + short + ">",
		f.add(t, fakenotion.Page{})[0],
		"https://app.notion.com/p/Zoe-" + strings.ReplaceAll(f.add(t, fakenotion.Page{})[0], "-", ""),
		short + "?v=0123456789abcdef0123456789abcdef",
	} {
		s, err := notion.Open(t.Context(), f.server.Token(), database, f.options())
		if err != nil {
			t.Errorf("%q: %v", database, err)
			continue
		}
		if s.ID() != "notion:"+source || s.Name() != "Prospection" {
			t.Errorf("%q: got %s %q", database, s.ID(), s.Name())
		}
	}
}

func TestOpenRefusesWhatIsNoID(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	for _, database := range []string{"", "  ", "Prospection", "https://www.notion.so/Prospection", "../pages", strings.Repeat("g", 32), strings.Repeat("a", 31)} {
		_, err := notion.Open(t.Context(), f.server.Token(), database, f.options())
		if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), "DATABASE_ID") {
			t.Errorf("%q: got %v", database, err)
		}
	}
	if n := f.server.Requests(); n != 0 {
		t.Errorf("%d requests were sent for ids that cannot be", n)
	}
}

func TestOpenFailsWithASentence(t *testing.T) {
	const token = "ntn_secretsecret"
	for name, c := range map[string]struct {
		prepare func(*fixture) (token, database string)
		kind    leadlake.Kind
		says    []string
	}{
		"no token":         {func(f *fixture) (string, string) { return " ", f.db.ID() }, leadlake.Denied, []string{"NOTION_TOKEN"}},
		"token with a gap": {func(f *fixture) (string, string) { return "ntn_a\nb", f.db.ID() }, leadlake.Denied, []string{"NOTION_TOKEN"}},
		"wrong token":      {func(f *fixture) (string, string) { return "ntn_wrong", f.db.ID() }, leadlake.Denied, []string{"does not accept the token"}},
		"unknown id": {
			func(*fixture) (string, string) { return token, strings.Repeat("0", 32) }, leadlake.NotFound,
			[]string{"•••", "Connections", "DATABASE_ID"},
		},
		"something else answers": {
			func(f *fixture) (string, string) {
				f.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.HTML(404)})
				return token, f.db.ID()
			}, leadlake.Unavailable, []string{"HTTP 404 with an HTML page", "proxy"},
		},
		"not shared": {func(f *fixture) (string, string) { f.db.Hide(); return token, f.db.ID() }, leadlake.NotFound, []string{"•••", "Connections"}},
		"data source not shared": {
			func(f *fixture) (string, string) { f.db.Hide(); return token, f.db.Source().ID() }, leadlake.NotFound,
			[]string{"•••", "Connections"},
		},
		"in the trash": {func(f *fixture) (string, string) { f.db.Trash(); return token, f.db.ID() }, leadlake.Invalid, []string{"trash", "restore"}},
		"several data sources": {func(f *fixture) (string, string) {
			_, _ = f.db.Source().Add(crowd(230, 10)...)
			clients := f.db.AddSource("Clients")
			_, _ = clients.Add(crowd(1, 1)...)
			return token, f.db.ID()
		}, leadlake.Invalid, []string{"Prospection (150 rows or more): ", "Clients (1 row): ", "DATABASE_ID"}},
		"a page with the database on it": {func(f *fixture) (string, string) {
			return token, f.server.AddPage("Tableau de bord", f.db)
		}, leadlake.Invalid, []string{"id of a page", "Prospection: "}},
		"a page with nothing on it": {func(f *fixture) (string, string) {
			return token, f.server.AddPage("Journal")
		}, leadlake.Invalid, []string{"id of a page", "as a full page"}},
		"linked view": {func(f *fixture) (string, string) {
			return token, f.server.AddLinkedView("Prospection (vue)").ID()
		}, leadlake.Invalid, []string{"linked view", "Source", "Connections"}},
		"capability missing": {func(f *fixture) (string, string) {
			f.server.Script(fakenotion.Fault{Do: fakenotion.Restricted()})
			return token, f.db.ID()
		}, leadlake.Denied, []string{"Read content"}},
		"blocked": {func(f *fixture) (string, string) {
			f.server.Script(fakenotion.Fault{Do: fakenotion.Blocked()})
			return token, f.db.ID()
		}, leadlake.Denied, []string{"blocked"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fakenotion.Options{Token: token, Cap: 150}, small()...)
			given, database := c.prepare(f)
			_, err := notion.Open(t.Context(), given, database, f.options())
			if leadlake.KindOf(err) != c.kind {
				t.Errorf("got kind %s, want %s: %v", leadlake.KindOf(err), c.kind, err)
			}
			for _, want := range c.says {
				if !strings.Contains(leadlake.MessageOf(err), want) {
					t.Errorf("%q does not say %q", leadlake.MessageOf(err), want)
				}
			}
		})
	}
}

func TestOpenOneOfSeveralDataSources(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	second := f.db.AddSource("Clients", small()...)
	s, err := notion.Open(t.Context(), f.server.Token(), second.ID(), f.options())
	if err != nil || s.ID() != "notion:"+second.ID() || s.Name() != "Clients" {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestNoNetwork(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := newClock()
	o := notion.Options{BaseURL: gone.URL, Now: c.Now, Sleep: c.Sleep}
	_, err := notion.Open(t.Context(), "ntn_secretsecret", strings.Repeat("0", 32), o)
	host := strings.TrimPrefix(gone.URL, "http://")
	if leadlake.KindOf(err) != leadlake.Unavailable || !strings.Contains(leadlake.MessageOf(err), "Notion cannot be reached at "+host) {
		t.Errorf("got %v", err)
	}
	if c.Slept() > 5*time.Second {
		t.Errorf("it took %v to say so", c.Slept())
	}
}

func TestHungRequestIsGivenUpAndRepeated(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.add(t, crowd(5, 5)...)
	f.server.Script(fakenotion.Fault{On: fakenotion.Query, Do: fakenotion.Hang()})
	o := f.options()
	o.HTTP = &http.Client{Timeout: 50 * time.Millisecond}
	s := f.open(t, o)
	if n := len(collect(t, s.Scan(t.Context(), time.Time{}), leadlake.ColumnCreatedTime)); n != 5 || s.Stats().Retries == 0 {
		t.Errorf("got %d leads and %+v", n, s.Stats())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	reached := make(chan struct{}, 1)
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached <- struct{}{} }))
	defer other.Close()
	front := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer front.Close()
	c := newClock()
	_, err := notion.Open(t.Context(), "ntn_secretsecret", strings.Repeat("0", 32), notion.Options{BaseURL: front.URL, Now: c.Now, Sleep: c.Sleep})
	if leadlake.KindOf(err) != leadlake.Unavailable || len(reached) != 0 {
		t.Errorf("got %v, other host reached: %d", err, len(reached))
	}
}

func TestCancelledContextEndsTheWait(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	f.server.Script(fakenotion.Fault{Times: -1, Do: fakenotion.RateLimited(time.Hour)})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := notion.Options{BaseURL: f.url, Sleep: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}}
	_, err := notion.Open(ctx, f.server.Token(), f.db.ID(), o)
	if !errors.Is(err, context.Canceled) || f.server.Requests() != 1 {
		t.Errorf("after %d requests: %v", f.server.Requests(), err)
	}
}

func TestTokenIsNeverShown(t *testing.T) {
	const token = "ntn_secretsecret"
	var log bytes.Buffer
	for _, effect := range []fakenotion.Effect{
		fakenotion.Refused("something about " + token), fakenotion.Unavailable(), fakenotion.HTML(403), fakenotion.Cut(), fakenotion.RateLimited(time.Second),
	} {
		f := newFixture(t, fakenotion.Options{Token: token}, small()...)
		f.server.Script(fakenotion.Fault{Times: -1, Do: effect})
		o := f.options()
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		_, err := notion.Open(t.Context(), token, f.db.ID(), o)
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("got %v", err)
		}
	}
	if strings.Contains(log.String(), token) || log.Len() == 0 {
		t.Errorf("the log says: %s", log.String())
	}
}

func TestNowIsNotionsClock(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, small()...)
	ours := newClock()
	ours.now = ours.now.Add(-2 * time.Hour) // this machine is late
	s := f.open(t, notion.Options{BaseURL: f.url, Now: ours.Now, Sleep: ours.Sleep})
	if got, want := s.Now(), f.clock.Now(); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_ = ours.Sleep(t.Context(), 90*time.Second)
	if got, want := s.Now(), f.clock.Now().Add(90*time.Second); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheAddressOfARowOfSomethingElse(t *testing.T) {
	f := newFixture(t, fakenotion.Options{}, fakenotion.Property{Name: "Projet", Type: "title"})
	s, err := notion.Open(t.Context(), f.server.Token(), f.add(t, fakenotion.Page{})[0], f.options())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Schema(t.Context(), nil)
	for _, want := range []string{"None of the five", `row of the database "Prospection"`} {
		if leadlake.KindOf(err) != leadlake.Invalid || !strings.Contains(leadlake.MessageOf(err), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
