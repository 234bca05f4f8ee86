//! Words of a shell's line, for the commands that hints and answers show.

use std::borrow::Cow;

/// A word as a POSIX shell takes it: quoted only where it must be.
pub fn word(text: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        for plain in ["contacts=people", "a-b_c.d/e:f", "EU,5", "ada@example.com", "50%", "Aufträge"] {
            assert_eq!(word(plain), plain);
        }
        for (text, quoted) in [
            ("a b'c", r"'a b'\''c'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
            ("title:text!", "'title:text!'"),
            ("<x>", "'<x>'"),
        ] {
            assert_eq!(word(text), quoted);
        }
    }
}
