package webui

import (
	"net/http"

	"golang.org/x/text/language"
)

// languages are those of the dashboard; the first is the default.
func languages() []language.Tag { return []language.Tag{language.French, language.English} }

func languagePages() []string {
	var pages []string
	for _, tag := range languages() {
		pages = append(pages, tag.String()+"/index.html")
	}
	return pages
}

// redirectToLanguage sends the reader to the page in the language that the
// browser asks for.
func redirectToLanguage(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	wanted, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	_, index, _ := language.NewMatcher(languages()).Match(wanted...)
	redirect(w, r, "/"+languages()[index].String()+"/")
}
