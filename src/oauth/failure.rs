//! What a failed exchange means. The difference that matters: a server that refused, and one that said nothing about the
//! sign-in, because only the first may ever sign anybody out.

use url::Url;

use crate::base::{Error, Kind};

#[derive(Clone, Debug)]
pub enum Failure {
    /// The server said so, in these words (RFC 6749 sections 5.2 and 4.1.2.1, RFC 8628 section 3.5). The description is
    /// fit to be shown, and may be empty.
    Refused { code: String, description: String, uri: Option<Box<Url>> },
    /// An overloaded server, a time-out, a cut, a web page, nonsense: it says nothing about the sign-in. `Kind::Remote`.
    Unclear(Error),
    /// Anything else: a request that cannot be made, nobody came back in time
    Other(Error),
}

impl Failure {
    /// Whether the server refused with this code.
    pub fn is(&self, code: &str) -> bool {
        matches!(self, Failure::Refused { code: said, .. } if said == code)
    }

    /// What an exchange failed with, when no refusal could be read.
    pub(super) fn of(error: Error) -> Self {
        match error.kind {
            Kind::Usage | Kind::Interrupted | Kind::Partial => Failure::Other(error),
            // "Look before you repeat it" is good advice for a charge, and puzzling for a sign-in.
            _ => Failure::Unclear(Error { kind: Kind::Remote, hint: None, ..error }),
        }
    }

    /// The error that a person sees; `who` is the server as they know it (`Google`).
    ///
    /// `SignIn`: the grant is over (`invalid_grant`), or the server wants to see the person. `Denied`: the person, or the
    /// server's rules, said no. `Failed`: the client or the request is wrong. `Remote`: it said nothing.
    pub fn into_error(self, who: &str) -> Error {
        let (code, description) = match self {
            Failure::Unclear(error) if error.hint.is_none() => {
                return error.hint("nothing is wrong with the sign-in itself: try again later");
            }
            Failure::Unclear(error) | Failure::Other(error) => return error,
            Failure::Refused { code, description, .. } => (code, description),
        };
        let (kind, hint) = meaning(&code);
        let said = if description.is_empty() { code } else { format!("{code}: {description}") };
        let error = Error::new(kind, format!("{who} refused: {said}"));
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// Whether this may be a code of a refusal, in RFC 6749's letters (section 5.2). One that came damaged is none: it must not
/// become another by being made fit to be shown.
pub(super) fn is_code(text: &str) -> bool {
    let letter = |letter: u8| matches!(letter, b' '..=b'~') && !matches!(letter, b'"' | b'\\');
    !text.trim().is_empty() && text.len() <= 100 && text.bytes().all(letter)
}

fn meaning(code: &str) -> (Kind, Option<&'static str>) {
    match code {
        "invalid_grant" => (Kind::SignIn, Some("sign in again")),
        "interaction_required" | "login_required" | "consent_required" | "account_selection_required" => {
            (Kind::SignIn, Some("sign in again"))
        }
        "invalid_client" | "unauthorized_client" => (
            Kind::Failed,
            Some(
                "check the client's id and secret, and what it may do, in the vendor's console; the sign-in is untouched",
            ),
        ),
        "access_denied" => (Kind::Denied, Some("nothing was kept; run the command again, and allow what it asks for")),
        "expired_token" => (Kind::SignIn, Some("the code is only good for a few minutes: start again")),
        "authorization_pending" | "slow_down" => (Kind::Remote, None),
        "invalid_scope" => (Kind::Failed, Some("check the scopes that are asked for, and those the client may have")),
        _ => (Kind::Failed, None),
    }
}
