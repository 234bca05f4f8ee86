//! What goes wrong, when, and how often: a plan in one line of text, played from a seed so that it can be repeated.
//!
//! `429:0.2,cut@search#3,slow@list/contacts:0.01:rate=20` answers every fifth call with 429, cuts the third search and
//! drips one in a hundred listings of contacts. A word stands for a fault; `@endpoint` or `@endpoint/type` aims it;
//! `#n`, `#n+` and `#nxm` strike at the n-th call, from the n-th on, and m times from the n-th; a number from 0 to 1 is
//! the share of calls; `name=value` are the fault's own settings. Without share and number it strikes always.

use std::sync::Mutex;

use super::fault::{Fault, Twist, fault};
use super::limits::Limits;
use super::random::{happens, hash};
use crate::base::{Error, Result};

/// A plan of faults, parsed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    text: String,
    rules: Vec<Rule>,
    /// Settings that come with a plan: `skew:SECONDS`, `lag:SECONDS`, `limits:none|free|pro`
    pub(crate) skew: Option<i64>,
    pub(crate) lag: Option<u64>,
    pub(crate) limits: Option<Limits>,
}

#[derive(Clone, Debug)]
struct Rule {
    word: String,
    fault: Fault,
    /// Empty: every endpoint
    target: String,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Share(f64),
    Calls { first: u64, count: u64 },
}

impl Plan {
    /// Reads a plan. Empty text and `none` mean no faults. `Kind::Usage` with the part that is wrong.
    pub fn parse(text: &str) -> Result<Plan> {
        let mut plan = Plan { text: text.trim().to_owned(), ..Plan::default() };
        let items = plan.text.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "none");
        for item in items.map(str::to_owned).collect::<Vec<_>>() {
            plan.add(&item)?;
        }
        Ok(plan)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    fn add(&mut self, item: &str) -> Result<()> {
        let mut parts = item.split(':').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let arguments: Vec<&str> = parts.collect();
        let wrong = |why: &str| {
            let error = Error::usage(format!("the fault `{item}` cannot be read: {why}"));
            error.hint("a fault is `WORD[@ENDPOINT[/TYPE]][#N[+|xM]][:SHARE][:NAME=VALUE]`, for example `429:0.2,cut@search#3`")
        };
        let first = arguments.first().copied().unwrap_or_default();
        match name {
            "skew" => self.skew = Some(first.parse().map_err(|_| wrong("`skew` takes seconds"))?),
            "lag" => self.lag = Some(first.parse().map_err(|_| wrong("`lag` takes seconds"))?),
            "limits" => self.limits = Some(Limits::named(first).ok_or_else(|| wrong("limits are none, free or pro"))?),
            _ => self.rules.push(rule(name, &arguments).map_err(|why| wrong(&why))?),
        }
        Ok(())
    }
}

fn rule(name: &str, arguments: &[&str]) -> Result<Rule, String> {
    let (name, number) = name.split_once('#').map_or((name, None), |(name, number)| (name, Some(number)));
    let (word, target) = name.split_once('@').unwrap_or((name, ""));
    let mut when = match number {
        Some(number) => calls(number).ok_or("`#` takes a number, `n+` or `nxm`")?,
        None => When::Share(1.0),
    };
    let mut settings = Vec::new();
    for argument in arguments {
        match argument.split_once('=') {
            Some((key, value)) => settings.push((key, value)),
            None => {
                let share = argument.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
                let share = share.ok_or_else(|| format!("`{argument}` is no share from 0 to 1"))?;
                when = When::Share(share);
            }
        }
    }
    let fault = fault(word, &settings)?;
    Ok(Rule { word: word.to_owned(), fault, target: target.to_owned(), when })
}

fn calls(number: &str) -> Option<When> {
    let (first, count) = match (number.strip_suffix('+'), number.split_once('x')) {
        (Some(first), _) => (first.parse().ok()?, u64::MAX),
        (None, Some((first, count))) => (first.parse().ok()?, count.parse().ok()?),
        (None, None) => (number.parse().ok()?, 1),
    };
    (first > 0).then_some(When::Calls { first, count })
}

/// What a fault is aimed at.
pub(crate) struct Aim<'a> {
    pub(crate) endpoint: &'a str,
    /// What is done there where an endpoint does several things (a grant), or empty
    pub(crate) grant: &'a str,
    /// The type of object, or empty
    pub(crate) object: &'a str,
    /// Whether the endpoint answers in pages
    pub(crate) pages: bool,
    /// Whether the call asks for a page after the first
    pub(crate) after: bool,
}

/// A plan in play.
#[derive(Debug)]
pub(crate) struct Faults(Mutex<Play>);

#[derive(Debug)]
struct Play {
    plan: Plan,
    seed: u64,
    /// How many calls each rule has seen
    seen: Vec<u64>,
}

impl Faults {
    pub(crate) fn new(plan: Plan, seed: u64) -> Self {
        let seen = vec![0; plan.rules.len()];
        Faults(Mutex::new(Play { plan, seed, seen }))
    }

    /// Puts another plan in place and begins to count anew.
    pub(crate) fn play(&self, plan: Plan, seed: u64) {
        let seen = vec![0; plan.rules.len()];
        *self.0.lock().expect("no holder of this lock panics") = Play { plan, seed, seen };
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().expect("no holder of this lock panics").plan.text.clone()
    }

    /// The fault for this call, with its word.
    pub(crate) fn strike(&self, aim: &Aim<'_>) -> Option<(String, Fault)> {
        let mut play = self.0.lock().expect("no holder of this lock panics");
        let Play { plan, seed, seen } = &mut *play;
        let mut found = None;
        for (at, rule) in plan.rules.iter().enumerate() {
            if !rule.concerns(aim) {
                continue;
            }
            seen[at] += 1;
            let strikes = match rule.when {
                When::Share(share) => share >= 1.0 || happens(hash(&[*seed, at as u64, seen[at]]), share),
                When::Calls { first, count } => seen[at] >= first && seen[at] - first < count,
            };
            if strikes && found.is_none() {
                found = Some((rule.word.clone(), rule.fault.clone()));
            }
        }
        found
    }
}

impl Rule {
    fn concerns(&self, aim: &Aim<'_>) -> bool {
        let (endpoint, object) = self.target.split_once('/').unwrap_or((&self.target, ""));
        let aimed = (endpoint.is_empty() || endpoint == "*" || endpoint == aim.endpoint || endpoint == aim.grant)
            && (object.is_empty() || object == aim.object);
        aimed
            && match self.fault {
                Fault::Twist(Twist::Expired | Twist::Duplicate | Twist::Loop) => aim.pages && aim.after,
                Fault::Twist(_) => aim.pages,
                _ => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(plan: &str, seed: u64, calls: usize) -> Vec<bool> {
        let faults = Faults::new(Plan::parse(plan).unwrap(), seed);
        let aim = Aim { endpoint: "search", grant: "", object: "contacts", pages: true, after: true };
        (0..calls).map(|_| faults.strike(&aim).is_some()).collect()
    }

    #[test]
    fn a_numbered_fault_strikes_at_its_call() {
        assert_eq!(struck("cut#2", 1, 4), [false, true, false, false]);
        assert_eq!(struck("cut@search#2x2", 1, 4), [false, true, true, false]);
        assert_eq!(struck("429@search/contacts#3+:retry=date", 1, 4), [false, false, true, true]);
        assert_eq!(struck("cut@list#1,cut@search/deals", 1, 2), [false, false]);
    }

    #[test]
    fn a_share_comes_out_about_right_and_the_same_each_time() {
        let first = struck("500:0.3", 7, 2000);
        let count = first.iter().filter(|struck| **struck).count();
        assert!((500..700).contains(&count), "{count} of 2000");
        assert_eq!(first, struck("500:0.3", 7, 2000));
        assert_ne!(first, struck("500:0.3", 8, 2000));
    }

    #[test]
    fn every_word_that_is_listed_can_be_read() {
        for (word, _) in crate::sandbox::FAULT_WORDS {
            let text = match *word {
                "skew" | "lag" => format!("{word}:5"),
                "limits" => "limits:pro".to_owned(),
                _ => (*word).to_owned(),
            };
            Plan::parse(&text).unwrap();
        }
        assert!(Plan::parse("").unwrap().rules.is_empty());
    }

    #[test]
    fn a_plan_that_cannot_be_read_names_the_part() {
        for wrong in ["explode", "cut:2", "cut#0", "slow:rate=x", "limits:huge", "429#a"] {
            let error = Plan::parse(&format!("cut:0.1,{wrong}")).unwrap_err();
            assert!(error.message.contains(wrong), "{error}");
        }
    }
}
