//! Why an attempt failed, and whether another one makes sense. Which kind of error a status becomes is decided here, once.

use std::error::Error as _;
use std::time::Duration;

use super::answer::Answer;
use super::door::Door;
use super::reach::Refused;
use super::{redact, retry};
use crate::base::{Error, Kind};

#[derive(Debug)]
pub(super) struct Failure {
    pub error: Error,
    pub again: Again,
    /// How long the other side asked us to wait
    pub asked: Option<Duration>,
    /// The rate was too high
    pub too_fast: bool,
    /// What was answered, where it is a refusal for good
    pub refusal: Option<Box<Answer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    /// Nobody knows whether the request was carried out
    IfRepeatable,
    /// The request was certainly not carried out
    Always,
}

impl Failure {
    pub fn new(error: Error, again: Again) -> Self {
        Failure { error, again, asked: None, too_fast: false, refusal: None }
    }

    /// A connection that failed, a silence, or a body that ended early.
    pub fn of_transport(error: &reqwest::Error) -> Self {
        let is_away = error.is_connect();
        let (what, again) = if is_away {
            ("cannot be reached", Again::Always)
        } else if error.is_timeout() {
            ("did not answer in time", Again::IfRepeatable)
        } else if error.is_builder() {
            ("cannot be asked that", Again::Never)
        } else if error.is_decode() || error.is_body() {
            ("broke off in the middle of its answer", Again::IfRepeatable)
        } else {
            ("closed the connection before it answered", Again::IfRepeatable)
        };
        let mut cause: &(dyn std::error::Error + 'static) = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            let error = Error::new(Kind::Denied, refused.to_string());
            let hint = "look at the name and at who answers for it; a server of your own on this machine is `http://127.0.0.1:PORT`";
            return Failure::new(error.hint(hint), Again::Never);
        }
        let cause = redact::short(&redact::one_line(&cause.to_string()));
        let why = if error.source().is_some() { format!("{what} ({cause})") } else { what.to_owned() };
        let error = Error::remote(why);
        let error = if is_away { error.hint("look at the network and at the address, then try again") } else { error };
        Failure::new(error, again)
    }

    /// A JSON body that could not be read: half a document is worth another attempt, another form of it is not.
    pub fn of_document(error: &serde_json::Error) -> Self {
        match error.classify() {
            serde_json::error::Category::Data => {
                Failure::new(Error::remote(format!("answered in another form than documented: {error}")), Again::Never)
            }
            _ => Failure::new(Error::remote(format!("answered with broken JSON: {error}")), Again::IfRepeatable),
        }
    }

    /// A status that is no success. 408, 423, 425, 429, 477 and the 5xx that come from overload or a gateway go away by
    /// themselves; nothing else does. (423 and 477 are HubSpot's "locked" and "being moved".)
    pub fn of_status(answer: &Answer, door: &Door) -> Self {
        let status = answer.status();
        let refusal = (400..500).contains(&status).then(|| Box::new(answer.clone()));
        if let Some(error) = (door.explain)(answer) {
            return Failure { refusal, ..Failure::explained(error, door) };
        }
        let said = answer.vendor_message().map(|text| format!(": {}", door.tidy(&text))).unwrap_or_default();
        let answered = format!("answered {status}{said}");
        let (kind, again) = match status {
            401 => (Kind::SignIn, Again::Never),
            403 => (Kind::Denied, Again::Never),
            404 => (Kind::NotFound, Again::Never),
            // A gateway's 503 may come after the work was done, so only the locks and 429 count as not carried out.
            408 | 500 | 502..=504 | 520..=524 => (Kind::Remote, Again::IfRepeatable),
            423 | 425 | 429 | 477 => (Kind::Remote, Again::Always),
            501 | 505..=599 => (Kind::Remote, Again::Never),
            _ => (Kind::Failed, Again::Never),
        };
        let asked = if again == Again::Never { None } else { retry::asked_wait(answer) };
        let refusal = refusal.filter(|_| again == Again::Never);
        Failure { error: Error::new(kind, answered), again, asked, too_fast: status == 429, refusal }
    }

    /// What the door says about an answer, which is final.
    pub fn explained(error: Error, door: &Door) -> Self {
        Failure::new(Error { message: door.tidy(&error.message), ..error }, Again::Never)
    }
}
