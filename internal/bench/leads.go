package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"leadlake"
	"leadlake/internal/blob/local"
	"leadlake/internal/delta"
	"leadlake/internal/duck"
	"leadlake/internal/leadtable"
)

const (
	seed     = 1
	fileRows = 125_000 // of a file that a large commit makes
	syncRows = 500     // of a commit of the sync
	spanDays = 3 * 365
)

func filesFor(leads int) int   { return (leads + fileRows - 1) / fileRows }
func commitsFor(leads int) int { return (leads + syncRows - 1) / syncRows }

// attributes are the columns beside the core ones.
func attributes() []leadlake.Column {
	return []leadlake.Column{
		{Name: "departement", Type: leadlake.Text},
		{Name: "priorite", Type: leadlake.Text},
		{Name: "ville_de_residence", Type: leadlake.Text},
		{Name: "source_du_lead", Type: leadlake.List},
		{Name: "commentaire", Type: leadlake.Text},
		{Name: "budget", Type: leadlake.Number},
	}
}

// lead returns the number-th of total leads, which spread evenly over three
// years; an edit above 0 is a later state of it. Nothing but these numbers and
// the seed decides what it is.
func lead(number, total, edit int) leadlake.Lead {
	r := rand.New(rand.NewPCG(seed, uint64(number))) //nolint:gosec // made-up leads need no secret
	start := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC)
	created := start.Add(time.Duration(number) * (spanDays * 24 * time.Hour / time.Duration(total)))
	first := leadlake.DateOf(created)
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	prenom := pick("Alice", "Bruno", "Camille", "David", "Emma", "Farid", "Giulia", "Hugo", "Inès", "Jules")
	famille := pick("Martin", "Bernard", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefebvre", "Roux")
	values := map[string]leadlake.Value{
		"nom":                prenom + " " + famille,
		"email":              fmt.Sprintf("%s.%s%d@example.fr", prenom, famille, number),
		"telephone":          fmt.Sprintf("+336%08d", r.IntN(100_000_000)),
		"statut":             pick("Nouveau", "Contacté", "À relancer", "Appel proposé", "Appel booké", "Signé", "Perdu"),
		"departement":        fmt.Sprintf("%02d", 1+r.IntN(95)),
		"priorite":           pick("Haute", "Moyenne", "Basse"),
		"ville_de_residence": pick("Paris", "Lyon", "Marseille", "Lille", "Nantes", "Bordeaux", "Toulouse", "Rennes"),
		"source_du_lead":     []string{pick("LinkedIn", "Site", "Salon"), pick("Parrainage", "Appel", "Publicité")},
		"budget":             float64(50_000+r.IntN(95_000_000)) / 100,
		"_created_time":      created,
		"_last_edited_time":  created.Add(time.Duration(r.IntN(40)+edit) * 24 * time.Hour),
		"_url":               fmt.Sprintf("https://www.notion.so/%016x%016x", r.Uint64(), r.Uint64()),
		"_state":             string(leadlake.Active),
	}
	id := fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Uint64()>>16)
	if r.IntN(10) < 4 {
		values["commentaire"] = fmt.Sprintf("Rappeler au sujet du devis %d, version %d", r.IntN(9999), edit)
	}
	addEvents(values, r, first, edit)
	if edit > 0 {
		values["statut"] = fmt.Sprintf("À relancer (%d)", edit)
	}
	return leadlake.Lead{ID: id, Values: values}
}

// addEvents gives a lead the dates of as many stages as it reached.
func addEvents(values map[string]leadlake.Value, r *rand.Rand, first leadlake.Date, edit int) {
	contact := first.AddDays(r.IntN(3))
	reply := contact.AddDays(1 + r.IntN(7))
	proposed := reply.AddDays(r.IntN(6))
	booked := proposed.AddDays(r.IntN(5))
	relance := contact.AddDays(2 + r.IntN(14) + edit)
	reached := r.Float64()
	for _, e := range []struct {
		event leadlake.Event
		day   leadlake.Date
		is    bool
	}{
		{leadlake.PriseContact, contact, r.Float64() < 0.95},
		{leadlake.ReponseProspect, reply, reached < 0.60},
		{leadlake.AppelPropose, proposed, reached < 0.35},
		{leadlake.AppelBooke, booked, reached < 0.20},
		{leadlake.Relance, relance, r.Float64() < 0.70},
	} {
		values[string(e.event)] = nil
		if e.is {
			values[string(e.event)] = e.day
		}
	}
}

// lake is a lake as the program opens it.
type lake struct {
	disk   *local.Bucket
	engine *duck.Engine
	log    *delta.Table
	leads  *leadtable.Table
}

func openLake(ctx context.Context, dir string) (*lake, error) { return openLakeAt(ctx, dir, time.Now) }

// openLakeAt opens it with another clock.
func openLakeAt(ctx context.Context, dir string, now func() time.Time) (*lake, error) {
	l, err := openLog(ctx, dir, now)
	if err != nil {
		return nil, err
	}
	l.leads, err = leadtable.Open(ctx, l.log, l.engine, leadtable.Options{Now: now})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// openLog opens the table of a lake without reading it.
func openLog(ctx context.Context, dir string, now func() time.Time) (*lake, error) {
	disk, err := local.Open(dir)
	if err != nil {
		return nil, err
	}
	l := &lake{disk: disk}
	if l.engine, err = duck.Open(ctx, disk, duck.Options{}); err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	l.log = delta.Open(disk, leadtable.Folder, delta.Options{Root: disk.Path(leadtable.Folder), Parquet: l.engine, Now: now})
	return l, nil
}

// Close closes what openLake opened.
func (l *lake) Close() error { return errors.Join(l.engine.Close(), l.disk.Close()) }

// generate makes a lake of t.Leads, t.Batch in each commit.
func generate(ctx context.Context, t task) (err error) {
	l, err := openLake(ctx, t.Lake)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	for from := 0; from < t.Leads; from += t.Batch {
		batch := leadlake.Batch{Source: "bench", Columns: attributes()}
		for i := from; i < min(from+t.Batch, t.Leads); i++ {
			batch.Leads = append(batch.Leads, lead(i, t.Leads, 0))
		}
		if _, err := l.leads.Upsert(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// generate makes both lakes: the big one as a few large files, the little one
// as a first sync leaves it.
func (b bench) generate(ctx context.Context) error {
	_, err := child[any](ctx, "generate", task{Lake: b.big, Leads: b.leads, Batch: fileRows})
	if err != nil || b.lake {
		return err
	}
	_, err = child[any](ctx, "generate", task{Lake: b.little, Leads: b.small, Batch: syncRows})
	return err
}
