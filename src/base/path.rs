//! Names with separators between them, as people write them: `owner.email`, `tasks.owner:sum:estimate`. A name that has a
//! separator or a double quote in it stands in double quotes: `"due: date".year`.

/// The names and the separators between them. `None` when a name is empty or a quote is not closed.
pub fn names(text: &str, separators: &[char]) -> Option<(Vec<String>, Vec<char>)> {
    let (mut names, mut between) = (Vec::new(), Vec::new());
    let mut rest = text;
    loop {
        let (name, behind) = name(rest, separators)?;
        names.push(name);
        let mut letters = behind.chars();
        match letters.next() {
            None => return Some((names, between)),
            Some(letter) if separators.contains(&letter) => between.push(letter),
            Some(_) => return None,
        }
        rest = letters.as_str();
    }
}

/// The names of a dotted path: `owner.email`.
pub fn split(path: &str) -> Option<Vec<String>> {
    names(path, &['.']).map(|(names, _)| names)
}

/// The dotted path through these names.
pub fn join<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| written(name, &['.'])).collect::<Vec<_>>().join(".")
}

/// A name as it stands between these separators.
pub fn written(name: &str, separators: &[char]) -> String {
    if name.contains('"') || name.contains(separators) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

/// The first name, and what is behind it.
pub fn name<'t>(text: &'t str, separators: &[char]) -> Option<(String, &'t str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(separators).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                name.push('"');
                rest = behind;
            }
            None => return (!name.is_empty()).then_some((name, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{join, names, split};

    #[test]
    fn names_are_split_where_people_see_a_separator() {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(split("owner.email"), Some(owned(&["owner", "email"])));
        assert_eq!(split("\"a.b\".\"say \"\"hi\"\"\".c:d"), Some(owned(&["a.b", "say \"hi\"", "c:d"])));
        let rollup = names("tasks.owner:sum:estimate", &['.', ':']);
        assert_eq!(rollup, Some((owned(&["tasks", "owner", "sum", "estimate"]), vec!['.', ':', ':'])));
        for wrong in ["", ".a", "a.", "a..b", "\"a", "\"a\"b.c", "\"\".a"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_joined_is_split_again() {
        let names = ["a.b", "say \"hi\"", "größe", "x y"];
        assert_eq!(split(&join(names)), Some(names.map(str::to_owned).to_vec()));
    }
}
