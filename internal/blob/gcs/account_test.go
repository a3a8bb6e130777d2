package gcs_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"leadlake/internal/blob/gcs"
)

// TestTheAccountOfAFile has an account whose file is named refused by who gives
// out tokens: so much is asked before anything goes to Google.
func TestTheAccountOfAFile(t *testing.T) {
	var asked atomic.Int64
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
	}))
	t.Cleanup(tokens.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", "") // which wants to know no account
	file := filepath.Join(t.TempDir(), "account.json")
	writeAccount(t, file, tokens.URL)
	_, err := gcs.Open(t.Context(), "gs://leads/lake", gcs.Options{Credentials: file})
	if !errors.Is(err, gcs.ErrNoCredentials) || asked.Load() == 0 {
		t.Errorf("got %v after %d questions for a token; want ErrNoCredentials", err, asked.Load())
	}

	for name, content := range map[string]string{"missing": "", "broken": "{", "of nobody": "{}"} {
		file := filepath.Join(t.TempDir(), "account.json")
		if content != "" {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := gcs.Open(t.Context(), "gs://leads/lake", gcs.Options{Credentials: file}); !errors.Is(err, gcs.ErrNoCredentials) {
			t.Errorf("a file that is %s: %v; want ErrNoCredentials", name, err)
		}
	}
}

func writeAccount(t *testing.T, file, tokens string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "leadlake@team.test", "token_uri": tokens, "project_id": "team",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, account, 0o600); err != nil {
		t.Fatal(err)
	}
}
