//! What an account's `--set key=value` may say, and what a sign-in adds to it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use url::Url;

use super::facts::REDIRECT_URL;
use super::{Method, Provider, Site, landing};
use crate::base::{Error, Kind, Result, names};

impl Provider {
    /// Checks what a person set, and gives it in the form that is kept. `Kind::Usage` for a key that this provider does
    /// not know, for one that the method needs and lacks, and for a value that cannot be right.
    pub fn settings(&self, method: Method, given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
        self.check_method(method)?;
        let mut settled = BTreeMap::new();
        for (key, value) in given {
            if !self.settings.iter().any(|setting| setting.key == key) {
                return Err(self.unknown_setting(&key));
            }
            let value = value.trim();
            if value.is_empty() || value.chars().any(char::is_control) {
                return Err(Error::usage(format!("`{key}` is empty or has a control character in it"))
                    .hint(format!("give it as `--set {key}=VALUE`")));
            }
            self.check_value(&key, value)?;
            settled.insert(key, value.to_owned());
        }
        for setting in self.settings.iter().filter(|setting| !setting.default.is_empty()) {
            settled.entry(setting.key.to_owned()).or_insert_with(|| setting.default.to_owned());
        }
        for setting in self.settings.iter().filter(|setting| setting.required_for.contains(&method)) {
            if !settled.contains_key(setting.key) {
                let message = format!("{} needs the setting `{}` ({})", self.title, setting.key, setting.help);
                return Err(Error::usage(message).hint(format!("add `--set {}=…`", setting.key)));
            }
        }
        (self.check)(method, &mut settled)?;
        Ok(settled)
    }

    /// `Kind::Usage` for a value that this setting cannot have, whatever the others are.
    pub fn check_value(&self, key: &str, value: &str) -> Result<()> {
        if key == REDIRECT_URL.key {
            return landing::check(value);
        }
        let choices =
            self.settings.iter().find(|setting| setting.key == key).map_or(&[][..], |setting| setting.choices);
        if choices.is_empty() || choices.iter().any(|(known, _)| *known == value) {
            return Ok(());
        }
        let known: Vec<_> = choices.iter().map(|(known, _)| format!("`--set {key}={known}`")).collect();
        Err(Error::usage(format!("`{key}` cannot be `{value}`")).hint(format!("use {}", known.join(" or "))))
    }

    /// `Kind::Usage` when this provider cannot be signed in to like this.
    pub fn check_method(&self, method: Method) -> Result<()> {
        if self.methods.contains(&method) {
            return Ok(());
        }
        Err(Error::usage(format!("{} cannot be signed in to with `--method {}`", self.title, method.word()))
            .hint(format!("use {}", self.words_of_methods())))
    }

    /// What an answer with tokens says that is worth keeping. An address in it must be the vendor's own: `Kind::Denied`.
    pub fn keep(&self, said: &Json, site: &Site) -> Result<BTreeMap<String, String>> {
        let mut kept = BTreeMap::new();
        for keep in self.keeps {
            let Some(text) = said.pointer(keep.at).and_then(Json::as_str).filter(|text| !text.is_empty()) else {
                continue;
            };
            if keep.address {
                let url = Url::parse(text).map_err(|_| {
                    Error::new(Kind::Denied, format!("{} gave a broken address in `{}`", self.title, keep.at))
                })?;
                self.follow(&url, site)?;
            }
            if text.chars().any(char::is_control) || text.len() > 2_000 {
                return Err(Error::remote(format!("{} gave no usable `{}`", self.title, keep.at)));
            }
            kept.insert(keep.setting.to_owned(), text.to_owned());
        }
        Ok(kept)
    }

    /// The site with what its provider takes where nothing is set.
    pub(super) fn with_defaults(&self, site: &Site) -> Site {
        let mut site = site.clone();
        for setting in self.settings.iter().filter(|setting| !setting.default.is_empty()) {
            site.settings.entry(setting.key.to_owned()).or_insert_with(|| setting.default.to_owned());
        }
        site
    }

    /// The methods as they are typed: `` `--method token` or `--method oauth` ``.
    pub(super) fn words_of_methods(&self) -> String {
        let words: Vec<_> = self.methods.iter().map(|method| format!("`--method {}`", method.word())).collect();
        words.join(" or ")
    }

    fn unknown_setting(&self, key: &str) -> Error {
        let known = || self.settings.iter().map(|setting| setting.key);
        let error = Error::usage(format!("{} has no setting `{key}`", self.title));
        match (names::closest(key, known()), known().collect::<Vec<_>>().join(", ")) {
            (_, all) if all.is_empty() => error.hint(format!("leave `--set {key}=…` away")),
            (Some(near), all) => error.hint(format!("did you mean `{near}`? the settings are {all}")),
            (None, all) => error.hint(format!("the settings are {all}")),
        }
    }
}
