//! What the browser shows in the end: plain words that promise nothing, no script, nothing fetched, nothing kept.

use crate::base::sanitize;
use crate::oauth::Failure;

#[derive(Debug)]
pub(super) struct Page {
    status: u16,
    title: &'static str,
    text: String,
}

impl Page {
    /// The answer is here; what it is worth will only be known once the code is exchanged.
    pub fn received() -> Self {
        let text =
            "appctl has the answer of this sign-in. Whether it worked, the terminal says. You can close this page.";
        Page { status: 200, title: "Back to the terminal", text: text.to_owned() }
    }

    pub fn denied(failure: &Failure) -> Self {
        let said = match failure {
            Failure::Refused { code, description, .. } if description.is_empty() => format!(" It says: {code}."),
            Failure::Refused { code, description, .. } => format!(" It says: {code}: {description}."),
            _ => String::new(),
        };
        let text =
            format!("The sign-in page gave no permission.{said} The terminal says more. You can close this page.");
        Page { status: 200, title: "No permission", text }
    }

    pub fn refusing(status: u16, text: &str) -> Self {
        Page { status, title: "Not the answer", text: text.to_owned() }
    }

    #[cfg(test)]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The whole answer. The address has a code in it, so nobody may keep it or be told of it (RFC 9700 section 4.2.4).
    pub fn bytes(&self) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            431 => "Request Header Fields Too Large",
            _ => "Bad Request",
        };
        let allow = if self.status == 405 { "allow: GET\r\n" } else { "" };
        let (title, text) = (escaped(self.title), escaped(&self.text));
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>appctl: {title}</title>\n\
             <h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
        );
        format!(
            "HTTP/1.1 {} {reason}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n{allow}\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
             content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             connection: close\r\n\r\n{body}",
            self.status,
            body.len()
        )
        .into_bytes()
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in sanitize::line(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_cannot_become_part_of_the_page() {
        let description = "<script>alert(1)</script>&\"'\u{202e}\u{1b}[2J".to_owned();
        let failure = Failure::Refused { code: "<b>".to_owned(), description, uri: None };
        let page = String::from_utf8(Page::denied(&failure).bytes()).unwrap();
        assert!(page.contains("&lt;b&gt;: &lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;."), "{page}");
        assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'), "{page}");
    }

    #[test]
    fn a_page_is_not_kept_not_told_of_and_loads_nothing() {
        let page = String::from_utf8(Page::received().bytes()).unwrap();
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        for line in ["cache-control: no-store", "referrer-policy: no-referrer", "connection: close"] {
            assert!(head.contains(line), "{head}");
        }
        assert!(head.contains(&format!("content-length: {}", body.len())) && !body.contains("http"), "{page}");
        assert!(!body.contains("signed in") && !body.contains("success"), "it does not know that yet: {body}");
    }
}
