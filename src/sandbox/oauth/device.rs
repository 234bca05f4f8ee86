//! Device codes (RFC 8628): asked for by a program, decided by a person somewhere else, polled for meanwhile.

use std::collections::HashMap;

use super::codes::Consent;
use super::errors::Cause;
use super::people::{Decision, Identity, Person};
use super::rules::Rules;
use crate::sandbox::chance::Chance;

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) client: String,
    pub(crate) user_code: String,
    pub(crate) scopes: Vec<String>,
    /// Milliseconds
    at: i64,
    last: Option<i64>,
    polls: u64,
    /// Seconds between polls; grows with each `slow_down`
    pub(crate) interval: u64,
    decided: Option<Decided>,
    collected: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Decided {
    Approved { identity: Identity, dropped: Vec<String> },
    Denied,
}

#[derive(Debug, Default)]
pub(crate) struct Devices(HashMap<String, Device>);

impl Devices {
    pub(crate) fn begin(
        &mut self,
        (code, user_code): (&str, String),
        client: &str,
        scopes: Vec<String>,
        rules: &Rules,
        now: i64,
    ) -> &Device {
        let device = Device {
            client: client.to_owned(),
            user_code,
            scopes,
            at: now,
            last: None,
            polls: 0,
            interval: rules.interval,
            decided: None,
            collected: false,
        };
        self.0.entry(code.to_owned()).or_insert(device)
    }

    /// Whoever types a code may do so in small letters and without the hyphen (RFC 8628 section 6.1).
    pub(crate) fn typed(&mut self, user_code: &str) -> Option<&mut Device> {
        let plain = |code: &str| code.replace(['-', ' '], "").to_ascii_uppercase();
        self.0.values_mut().find(|device| plain(&device.user_code) == plain(user_code))
    }

    pub(crate) fn waiting(&self) -> Vec<String> {
        let waiting = self.0.values().filter(|device| device.decided.is_none());
        let mut codes: Vec<(i64, String)> = waiting.map(|device| (device.at, device.user_code.clone())).collect();
        codes.sort();
        codes.into_iter().map(|(_, code)| code).collect()
    }

    pub(crate) fn user_code(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(|device| device.user_code.as_str())
    }

    pub(crate) fn interval(&self, code: &str) -> u64 {
        self.0.get(code).map_or(0, |device| device.interval)
    }

    /// One poll. `slow` refuses it as too fast whether it is or not.
    pub(crate) fn poll(
        &mut self,
        code: &str,
        client: &str,
        person: &Person,
        rules: &Rules,
        now: i64,
        slow: bool,
    ) -> Result<Consent, Cause> {
        let device = self.0.get_mut(code).filter(|device| device.client == client).ok_or(Cause::UnknownDevice)?;
        let fast = device.last.is_some_and(|last| now - last < device.interval as i64 * 1000);
        device.last = Some(now);
        device.polls += 1;
        if device.collected {
            return Err(Cause::UnknownDevice);
        }
        if now - device.at >= rules.device_lifetime as i64 * 1000 {
            return Err(Cause::OldDevice);
        }
        if fast || slow {
            device.interval += 5;
            return Err(Cause::SlowDown);
        }
        if device.decided.is_none() && !person.human && person.device_after.is_some_and(|after| device.polls >= after) {
            device.decided = script(person);
        }
        match &device.decided {
            None => Err(Cause::Pending),
            Some(Decided::Denied) => Err(Cause::Denied),
            Some(Decided::Approved { identity, dropped }) => {
                device.collected = true;
                let mut scopes = device.scopes.clone();
                scopes.retain(|scope| !dropped.contains(scope));
                Ok(Consent {
                    client: client.to_owned(),
                    identity: identity.clone(),
                    scopes,
                    user_scopes: Vec::new(),
                    offline: true,
                    nonce: None,
                })
            }
        }
    }
}

impl Device {
    pub(crate) fn decide(&mut self, decided: Decided) {
        self.decided = Some(decided);
    }
}

/// What the scripted person does at the vendor's page, if anything.
fn script(person: &Person) -> Option<Decided> {
    let approved =
        |dropped: &[String]| Decided::Approved { identity: Identity::of(&person.identity), dropped: dropped.to_vec() };
    match &person.decision {
        Decision::Close => None,
        Decision::Deny | Decision::Fail(_) => Some(Decided::Denied),
        Decision::Drop(scopes) => Some(approved(scopes)),
        _ => Some(approved(&[])),
    }
}

/// Eight consonants, as RFC 8628 section 6.1 advises.
pub(crate) fn user_code(chance: &Chance) -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let letters = chance.text(LETTERS, 8);
    format!("{}-{}", &letters[..4], &letters[4..])
}
