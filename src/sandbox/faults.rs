//! What goes wrong, when, and how often: a plan in one line of text, played from a seed so that it can be repeated.
//!
//! `429:0.2,cut@search#3,slow@list/contacts:0.01:rate=20` answers every fifth call with 429, cuts the third search and
//! drips one in a hundred listings of contacts. A word stands for a fault; `@endpoint` or `@endpoint/type` aims it;
//! `#n`, `#n+` and `#nxm` strike at the n-th call, from the n-th on, and m times from the n-th; a number from 0 to 1 is
//! the share of calls; `name=value` are the fault's own settings. Without share and number it strikes always.

use std::sync::Mutex;

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

/// One way in which an answer goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// Another status instead of the answer
    Status(u16, Wait),
    /// A correct answer, sent wrongly
    Wire(Wire),
    /// An answer with odd contents
    Odd(Odd),
    /// A listing that misleads
    Twist(Twist),
    /// 302 to another host
    Redirect,
    /// A correct answer, late by so many milliseconds
    Late(u64),
}

/// What `Retry-After` says with a 429.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wait {
    Missing,
    /// Any text
    Says(String),
    /// An HTTP date so many seconds ahead
    Date(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// RST in the middle of the body
    Cut,
    /// The connection is closed in the middle of the body
    Fin,
    /// Closed before the reply
    Close,
    /// A compressed body that breaks off
    CutGzip,
    /// `Content-Length` is less than the body
    Short,
    /// `Content-Length` is more than the body
    Long,
    /// Chunks without the last one
    Chunks,
    /// No length at all, and closed in the middle
    NoLength,
    /// The head breaks off
    HalfHead,
    /// No HTTP at all
    Garbage,
    /// So many bytes of the body a second
    Slow(u32),
    /// So many bytes of the head a second
    SlowHead(u32),
    /// Nothing, for ever
    Silent,
    /// Half of the body, then nothing
    Stall,
    /// A body of so many bytes
    Huge(u64),
    /// A small body that opens to so many bytes
    Bomb(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    Html,
    Empty,
    Broken,
    NotANumber,
    DuplicateKeys,
    LoneSurrogate,
    BigInteger,
    BigExponent,
    Deep,
    ByteOrderMark,
    BadUtf8,
    Nul,
    BigCell,
    ManyFields,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    /// The cursor is refused
    Expired,
    /// The page before comes again, and then the listing goes on
    Duplicate,
    /// The next page is the first one
    Loop,
    /// The next page is this one
    Stuck,
    /// The listing ends here
    Half,
    /// The listing is empty
    Nothing,
    /// The link to the next page leads to another host
    NextHost,
}

/// The words of all faults with what each does, for help and documentation.
pub static WORDS: &[(&str, &str)] = &[
    ("429", "too many calls; retry=missing|SECONDS|date|-1|1e9"),
    ("500", "a server error; also 502, 503, 504, 530 or any other status"),
    ("cut", "reset in the middle of the body"),
    ("fin", "closed in the middle of the body"),
    ("close", "closed before the reply"),
    ("halfhead", "closed in the middle of the head"),
    ("garbage", "no HTTP at all"),
    ("cutgzip", "a compressed body that breaks off"),
    ("short", "content-length is less than the body"),
    ("long", "content-length is more than the body"),
    ("chunked", "chunks without the last one"),
    ("nolength", "no length, and closed in the middle"),
    ("slow", "a slow body; rate=BYTES a second, 1 unless told"),
    ("slowhead", "a slow head; rate=BYTES a second, 1 unless told"),
    ("silent", "no reply and no end"),
    ("stall", "half of the body, then nothing"),
    ("late", "a late reply; ms=MILLISECONDS, 1000 unless told"),
    ("huge", "a huge body; size=BYTES, 1 GiB unless told"),
    ("bomb", "a small compressed body that opens to size=BYTES, 1 GiB unless told"),
    ("html", "a web page with status 200"),
    ("empty", "an empty body with status 200"),
    ("badjson", "broken JSON"),
    ("nan", "NaN as a number"),
    ("dupkeys", "a key twice in one object"),
    ("surrogate", "half of a surrogate pair"),
    ("bigint", "an integer beyond 64 bits"),
    ("1e400", "a number beyond floating point"),
    ("deep", "100,000 nested arrays"),
    ("bom", "a byte order mark in front"),
    ("badutf8", "bytes that are no UTF-8"),
    ("nul", "a NUL in a text"),
    ("bigcell", "a text of 10 MB"),
    ("fields", "10,000 more properties"),
    ("expired", "the cursor is refused"),
    ("duplicate", "the page before comes again"),
    ("loop", "the next page is the first one"),
    ("stuck", "the next page is this one"),
    ("half", "the listing ends early"),
    ("emptylist", "the listing is empty"),
    ("nexthost", "the link to the next page leads to another host"),
    ("redirect", "a redirect to another host"),
    ("skew", "the Date header is off by so many seconds (skew:3600)"),
    ("lag", "the search index is behind by so many seconds (lag:60)"),
    ("limits", "call limits: limits:none, limits:free, limits:pro"),
];

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

fn fault(word: &str, settings: &[(&str, &str)]) -> Result<Fault, String> {
    let setting = |key: &str| settings.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
    let number = |key: &str, usual: u64| match setting(key) {
        Some(value) => value.parse::<u64>().map_err(|_| format!("`{key}` takes a whole number")),
        None => Ok(usual),
    };
    let rate = || number("rate", 1).map(|rate| u32::try_from(rate).unwrap_or(u32::MAX).max(1));
    const GIB: u64 = 1 << 30;
    Ok(match word {
        "cut" => Fault::Wire(Wire::Cut),
        "fin" => Fault::Wire(Wire::Fin),
        "close" => Fault::Wire(Wire::Close),
        "halfhead" => Fault::Wire(Wire::HalfHead),
        "garbage" => Fault::Wire(Wire::Garbage),
        "cutgzip" => Fault::Wire(Wire::CutGzip),
        "short" => Fault::Wire(Wire::Short),
        "long" => Fault::Wire(Wire::Long),
        "chunked" => Fault::Wire(Wire::Chunks),
        "nolength" => Fault::Wire(Wire::NoLength),
        "slow" => Fault::Wire(Wire::Slow(rate()?)),
        "slowhead" => Fault::Wire(Wire::SlowHead(rate()?)),
        "silent" => Fault::Wire(Wire::Silent),
        "stall" => Fault::Wire(Wire::Stall),
        "late" => Fault::Late(number("ms", 1000)?),
        "huge" => Fault::Wire(Wire::Huge(number("size", GIB)?)),
        "bomb" => Fault::Wire(Wire::Bomb(number("size", GIB)?)),
        "html" => Fault::Odd(Odd::Html),
        "empty" => Fault::Odd(Odd::Empty),
        "badjson" => Fault::Odd(Odd::Broken),
        "nan" => Fault::Odd(Odd::NotANumber),
        "dupkeys" => Fault::Odd(Odd::DuplicateKeys),
        "surrogate" => Fault::Odd(Odd::LoneSurrogate),
        "bigint" => Fault::Odd(Odd::BigInteger),
        "1e400" => Fault::Odd(Odd::BigExponent),
        "deep" => Fault::Odd(Odd::Deep),
        "bom" => Fault::Odd(Odd::ByteOrderMark),
        "badutf8" => Fault::Odd(Odd::BadUtf8),
        "nul" => Fault::Odd(Odd::Nul),
        "bigcell" => Fault::Odd(Odd::BigCell),
        "fields" => Fault::Odd(Odd::ManyFields),
        "expired" => Fault::Twist(Twist::Expired),
        "duplicate" => Fault::Twist(Twist::Duplicate),
        "loop" => Fault::Twist(Twist::Loop),
        "stuck" => Fault::Twist(Twist::Stuck),
        "half" => Fault::Twist(Twist::Half),
        "emptylist" => Fault::Twist(Twist::Nothing),
        "nexthost" => Fault::Twist(Twist::NextHost),
        "redirect" => Fault::Redirect,
        _ => {
            let status = word.parse().ok().filter(|status| (300..=599).contains(status));
            let status = status.ok_or_else(|| format!("`{word}` is no fault"))?;
            Fault::Status(status, wait(setting("retry")))
        }
    })
}

fn wait(text: Option<&str>) -> Wait {
    match text {
        None | Some("missing") => Wait::Missing,
        Some("date") => Wait::Date(2),
        Some(text) => Wait::Says(text.to_owned()),
    }
}

/// What a fault is aimed at.
pub(crate) struct Aim<'a> {
    pub(crate) endpoint: &'a str,
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
        let aimed = (endpoint.is_empty() || endpoint == "*" || endpoint == aim.endpoint)
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
        let aim = Aim { endpoint: "search", object: "contacts", pages: true, after: true };
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
        for (word, _) in WORDS {
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
