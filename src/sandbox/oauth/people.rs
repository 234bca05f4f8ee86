//! The people who consent: made-up identities, and the script that says what they do when they are asked.

use std::time::Duration;

use crate::base::{Error, Result};
use crate::sandbox::random::{hash, hash_text};

/// Somebody with an account at every vendor. All that is known of them follows from the address, so that the same
/// address is the same person in every sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    pub(crate) email: String,
}

pub(crate) const DIGITS: &[u8] = b"0123456789";
pub(crate) const CAPITALS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
pub(crate) const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

impl Identity {
    pub(crate) fn of(email: &str) -> Identity {
        Identity { email: email.to_owned() }
    }

    /// `ada` of `ada@example.com`
    pub(crate) fn login(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    pub(crate) fn domain(&self) -> &str {
        self.email.split_once('@').map_or("example.com", |(_, domain)| domain)
    }

    pub(crate) fn given_name(&self) -> String {
        capital(self.login().split(['.', '+', '-']).next().unwrap_or_default())
    }

    pub(crate) fn family_name(&self) -> &'static str {
        const NAMES: [&str; 6] = ["Quill", "Harbour", "Marlow", "Fenwick", "Ostler", "Tarn"];
        NAMES[(hash_text(&self.email) % NAMES.len() as u64) as usize]
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name(), self.family_name())
    }

    /// The company that the address belongs to: the vendors' team, workspace or organisation.
    pub(crate) fn company(&self) -> String {
        capital(self.domain().split('.').next().unwrap_or_default())
    }

    /// An id of this person.
    pub(crate) fn id(&self, what: &str, alphabet: &[u8], length: usize) -> String {
        made_up(&self.email, what, alphabet, length)
    }

    /// An id that everybody of the same company shares.
    pub(crate) fn company_id(&self, what: &str, alphabet: &[u8], length: usize) -> String {
        made_up(self.domain(), what, alphabet, length)
    }

    /// A number of so many digits.
    pub(crate) fn number(&self, what: &str, digits: usize) -> u64 {
        self.id(what, DIGITS, digits).parse().expect("digits are a number")
    }

    /// The account at Stripe.
    pub(crate) fn stripe_account(&self) -> String {
        format!("acct_{}", self.id("stripe", LETTERS, 16))
    }

    pub(crate) fn uuid(&self, what: &str) -> String {
        uuid(&self.id(what, HEX, 32))
    }

    pub(crate) fn company_uuid(&self, what: &str) -> String {
        uuid(&self.company_id(what, HEX, 32))
    }
}

fn made_up(of: &str, what: &str, alphabet: &[u8], length: usize) -> String {
    let letter = |at: usize| {
        let number = hash(&[hash_text(of), hash_text(what), at as u64]);
        // An id of digits does not begin with a zero: some are numbers.
        let first = usize::from(at == 0 && alphabet == DIGITS);
        char::from(alphabet[first + (number % (alphabet.len() - first) as u64) as usize])
    };
    (0..length).map(letter).collect()
}

fn uuid(hex: &str) -> String {
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What the person at the browser does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// An email address; the same one is the same person everywhere
    pub identity: String,
    pub decision: Decision,
    /// How long they think
    pub late: Duration,
    /// A page with buttons is shown, and somebody real decides
    pub human: bool,
    /// A device code is decided about when it was asked for so many times; `None` leaves it to the page and the control
    /// API
    pub device_after: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Deny,
    /// Approves all but these scopes
    Drop(Vec<String>),
    /// Closes the browser: the authorization endpoint never answers
    Close,
    /// Comes back with another `state`, as an attacker's link would
    WrongState,
    NoState,
    /// Comes back without `iss`, even where it is promised
    NoIss,
    WrongIss,
    /// The server itself refuses with this code (`temporarily_unavailable`, `server_error` …)
    Fail(String),
}

impl Default for Person {
    fn default() -> Self {
        Person {
            identity: "ada@example.com".to_owned(),
            decision: Decision::Approve,
            late: Duration::ZERO,
            human: false,
            device_after: Some(2),
        }
    }
}

impl Decision {
    /// The control API's word for it; `drop` and `fail` take more than a word.
    pub(crate) fn named(word: &str) -> Result<Decision> {
        Ok(match word {
            "approve" => Decision::Approve,
            "deny" => Decision::Deny,
            "close" => Decision::Close,
            "wrong_state" => Decision::WrongState,
            "no_state" => Decision::NoState,
            "no_iss" => Decision::NoIss,
            "wrong_iss" => Decision::WrongIss,
            _ => {
                let all = "approve, deny, close, wrong_state, no_state, no_iss, wrong_iss";
                return Err(Error::usage(format!("`{word}` is nothing a person does; they {all}")));
            }
        })
    }
}
