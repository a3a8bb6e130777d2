package tabular

import (
	"regexp"
	"strconv"
	"strings"
)

// stylesXML is what matters of xl/styles.xml.
type stylesXML struct {
	Formats []struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	} `xml:"numFmts>numFmt"`
	Cells []struct {
		Format string `xml:"numFmtId,attr"`
	} `xml:"cellXfs>xf"`
}

// readStyles finds out which styles show a number as a day.
func (w *workbook) readStyles() error {
	if w.parts["xl/styles.xml"] == nil {
		return nil
	}
	var styles stylesXML
	if err := w.decode("xl/styles.xml", &styles); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		id, _ := strconv.Atoi(c.Format) // 0 is General
		code, own := codes[id]
		w.styles = append(w.styles, own && showsDay(code) || !own && isDayFormat(id))
	}
	return nil
}

// isDayFormat knows the formats that no file describes: those of Excel, and
// those that are dates in East Asian editions of it. 18 to 21 and 45 to 47 are
// times of a day.
func isDayFormat(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 58
}

// showsDay reports whether a format shows the day, month or year of a number.
func showsDay(code string) bool {
	code, _, _ = strings.Cut(code, ";")                       // what is said of negative numbers
	aside := regexp.MustCompile(`"[^"]*"|[\\_*].|\[[^\]]*\]`) // texts, fillings, colours, languages
	code = aside.ReplaceAllString(strings.ToLower(code), "")
	if strings.Contains(code, "general") {
		return false
	}
	return strings.ContainsAny(code, "yd") || strings.Contains(code, "m") && !strings.ContainsAny(code, "hs")
}
