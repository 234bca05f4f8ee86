//! The ways in which an answer can go wrong, and the words for them.

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

/// The fault that a word and its settings stand for, or what is wrong with them.
pub(crate) fn fault(word: &str, settings: &[(&str, &str)]) -> Result<Fault, String> {
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
