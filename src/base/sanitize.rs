//! Text from elsewhere, made safe to show: a terminal must not obey what a vendor or a record says (CWE-150).
//! Only what is shown goes through here; stored values and JSON keep every character (JSON escapes them instead).

use std::borrow::Cow;

/// One line for a table cell or an error: no control sequence is left, line breaks and tabs are spaces.
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, false)
}

/// Text of several lines: no control sequence is left, but line feeds and tabs are kept.
pub fn lines(text: &str) -> Cow<'_, str> {
    clean(text, true)
}

/// Whether a terminal or a reader could be misled by this character: C0, DEL, C1, line separators, and the invisible
/// format characters of Unicode (bidirectional overrides and isolates, zero-width characters, tags).
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control() || is_invisible(letter)
}

/// Whether a spreadsheet could run it. A plain number (`-12.50`) is none, whatever its field's type.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) && !is_plain_number(text)
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // A leading `+` belongs to telephone numbers, which a spreadsheet would shorten: those are guarded.
    text.starts_with('-')
        && digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits.parse::<f64>().is_ok()
        && digits.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E' | '-' | '+'))
}

fn clean(text: &str, keep_lines: bool) -> Cow<'_, str> {
    // Almost every cell is plain, so nothing is copied unless something must go.
    if !text.chars().any(|letter| is_unsafe(letter) && !(keep_lines && matches!(letter, '\n' | '\t'))) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\n' | '\t' if keep_lines => safe.push(letter),
            '\r' if rest.as_str().starts_with('\n') => {}
            '\n' | '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => safe.push(' '),
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            // Persian, Indic scripts and emoji families are written with joiners; between ASCII letters they only deceive.
            '\u{200c}' | '\u{200d}' => {
                let joins = safe.chars().next_back().is_some_and(|before| !before.is_ascii())
                    && rest.clone().next().is_some_and(|after| !after.is_ascii() && !is_unsafe(after));
                if joins {
                    safe.push(letter);
                }
            }
            _ if is_unsafe(letter) => {}
            _ => safe.push(letter),
        }
    }
    Cow::Owned(safe)
}

/// What follows ESC, as ECMA-48 section 5 defines it. A sequence that is cut off ends with the text.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    match rest.clone().next() {
        Some('[') => {
            rest.next();
            skip_control_sequence(rest);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            rest.next();
            skip_string(rest);
        }
        _ => {
            while rest.clone().next().is_some_and(|letter| ('\u{20}'..='\u{2f}').contains(&letter)) {
                rest.next();
            }
            if rest.clone().next().is_some_and(|letter| ('\u{30}'..='\u{7e}').contains(&letter)) {
                rest.next();
            }
        }
    }
}

/// Parameters, intermediates and one final byte.
fn skip_control_sequence(rest: &mut std::str::Chars<'_>) {
    while rest.clone().next().is_some_and(|letter| ('\u{20}'..='\u{3f}').contains(&letter)) {
        rest.next();
    }
    if rest.clone().next().is_some_and(|letter| ('\u{40}'..='\u{7e}').contains(&letter)) {
        rest.next();
    }
}

/// An OSC, DCS, SOS, PM or APC string: up to BEL, ST, or the end of the line, so that an unended one hides one line at most.
fn skip_string(rest: &mut std::str::Chars<'_>) {
    loop {
        match rest.clone().next() {
            None | Some('\n' | '\r') => return,
            Some('\u{7}' | '\u{9c}') => {
                rest.next();
                return;
            }
            Some('\u{1b}') => {
                rest.next();
                if rest.as_str().starts_with('\\') {
                    rest.next();
                    return;
                }
            }
            Some(_) => {
                rest.next();
            }
        }
    }
}

/// The invisible ones of Unicode's general category Cf, and the line and paragraph separators. The visible ones (Arabic
/// number signs and the like) stay.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corpus of F70: what goes in, and what a terminal gets to see.
    const CORPUS: &[(&str, &str)] = &[
        ("plain text, ümlauts, 日本語", "plain text, ümlauts, 日本語"),
        ("\u{1b}[31mred\u{1b}[0m", "red"),
        ("\u{1b}[2J\u{1b}[1;1Hgone", "gone"),
        ("\u{1b}]0;a new title\u{7}text", "text"),
        ("\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "click"),
        ("\u{1b}]52;c;cm0gLXJmIC8=\u{7}clipboard", "clipboard"),
        ("\u{1b}P1$r0m\u{1b}\\dcs", "dcs"),
        ("\u{1b}_apc\u{1b}\\\u{1b}^pm\u{1b}\\\u{1b}Xsos\u{1b}\\rest", "rest"),
        ("\u{9b}31mC1 sequence\u{9b}0m", "C1 sequence"),
        ("\u{9d}0;title\u{9c}C1 string", "C1 string"),
        ("\u{1b}(0charset\u{1b}(B", "charset"),
        ("\u{1b}c\u{1b}7reset", "reset"),
        ("\u{1b}]unended", ""),
        ("\u{1b}[12;", ""),
        ("\u{1b}", ""),
        ("one\ntwo\tthree\r\nfour", "one two three four"),
        ("over\rwritten", "over written"),
        ("back\u{8}\u{8}space, bell\u{7}, nul\u{0}, del\u{7f}", "backspace, bell, nul, del"),
        ("abc\u{202e}txt.exe", "abctxt.exe"),
        ("\u{2066}isolated\u{2069}\u{200f}\u{61c}", "isolated"),
        ("zero\u{200b}width\u{feff}\u{2060}", "zerowidth"),
        ("pay\u{200d}pal", "paypal"),
        ("👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم", "👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم"),
        ("tag\u{e0041}\u{e0042}s", "tags"),
        ("two\u{2028}lines\u{2029}or\u{85}three", "two lines or three"),
    ];

    #[test]
    fn a_terminal_obeys_nothing_of_the_corpus() {
        for (given, shown) in CORPUS {
            assert_eq!(line(given), *shown, "given {given:?}");
            assert!(!lines(given).chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'));
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(line("Ada Lovelace"), Cow::Borrowed(_)));
    }

    #[test]
    fn several_lines_keep_their_breaks() {
        assert_eq!(lines("one\n\ttwo\u{1b}[1m\r\nthree"), "one\n\ttwo\nthree");
    }

    #[test]
    fn an_unended_string_hides_one_line_at_most() {
        assert_eq!(lines("before\u{1b}]0;hidden\nafter"), "before\nafter");
    }
}
