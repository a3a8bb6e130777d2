package tabular

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"leadlake"
	"leadlake/internal/naming"
)

// clean returns a text as it is stored: composed, without what surrounds it
// and cannot be seen.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return norm.NFC.String(strings.TrimFunc(text, func(r rune) bool {
		return r <= ' ' || r == '\u00a0' || r == '\u202f' || r == '\ufeff' || r == '\u200b'
	}))
}

// textOf writes a cell as text.
func textOf(cell any) string {
	switch cell := cell.(type) {
	case string:
		return cell
	case float64:
		return strconv.FormatFloat(cell, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(cell)
	case leadlake.Date:
		return cell.String()
	case time.Time:
		return cell.Format(time.RFC3339)
	case []string:
		return strings.Join(cell, ", ")
	}
	return ""
}

// numberOf reads a cell as a number, which in a text has a decimal comma or a
// decimal point. Thousands may stand apart, in the way that goes with either.
func numberOf(cell any, comma bool) (number float64, ok bool) {
	text, isText := cell.(string)
	if !isText {
		number, ok = cell.(float64)
		return number, ok
	}
	point, group := ".", ","
	if comma {
		point, group = ",", "."
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, hasFraction := strings.Cut(digits, point)
	if comma && !hasFraction && strings.Contains(whole, ".") { // 1.234 has a decimal point
		return 0, false
	}
	whole, ok = ungrouped(whole, group)
	if !ok || hasFraction && !isDigits(fraction) || isName(whole, fraction) {
		return 0, false
	}
	number, err := strconv.ParseFloat(strings.TrimSuffix(whole+"."+fraction, "."), 64)
	if negative {
		number = -number
	}
	return number, err == nil
}

// isName reports whether digits are a name and no number, as in phone numbers
// and postal codes: there are many, or they begin with 0.
func isName(whole, fraction string) bool {
	return len(whole)+len(fraction) > 15 || whole != "0" && whole[0] == '0'
}

// ungrouped returns digits without what stands between their thousands.
func ungrouped(whole, group string) (string, bool) {
	for _, space := range []string{"\u00a0", "\u202f", "'", "’", group} {
		if strings.Contains(whole, space) {
			whole = strings.ReplaceAll(whole, space, " ")
		}
	}
	parts := strings.Split(whole, " ")
	for i, part := range parts {
		if !isDigits(part) || len(parts) > 1 && (i == 0 && len(part) > 3 || i > 0 && len(part) != 3) {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// flagOf reads yes and no.
func flagOf(cell any) (flag, ok bool) {
	text, isText := cell.(string)
	if !isText {
		flag, ok = cell.(bool)
		return flag, ok
	}
	switch folded := naming.Fold(text); {
	case slices.Contains([]string{"true", "vrai", "yes", "oui"}, folded):
		return true, true
	case slices.Contains([]string{"false", "faux", "no", "non"}, folded):
		return false, true
	}
	return false, false
}

// serialDay returns the day that a number stands for in a spreadsheet. Excel
// believes that 1900 was a leap year.
func serialDay(serial float64, epoch leadlake.Date) (leadlake.Date, bool) {
	const rounding = 0.0005 / (24 * 60 * 60) // half a millisecond: fractions of days are not exact
	days := math.Floor(serial + rounding)
	if !(days >= 1 && days <= 110_000) { // up to the year 2201
		return 0, false
	}
	if epoch == 0 {
		epoch = leadlake.NewDate(1899, time.December, 30)
		if days < 60 {
			epoch++
		}
	}
	return epoch.AddDays(int(days)), true
}
