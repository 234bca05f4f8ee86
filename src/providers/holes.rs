//! Texts with holes in braces, and what fills them.

use serde_json::Value as Json;

use super::Site;

/// The text with its holes filled from the account's settings and client; `None` when one stays open. A text that is
/// one hole takes the value as it is; inside a longer text a value can be no more than one part of it.
pub(super) fn fill(text: &str, site: &Site) -> Option<String> {
    let whole = text.starts_with('{') && text.find('}') == Some(text.len() - 1);
    fill_by(text, |name| {
        let value = match name {
            "client_id" => site.client.as_deref(),
            _ => site.settings.get(name).map(String::as_str),
        }?;
        let encoded = || url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        Some(if whole { value.to_owned() } else { encoded() })
    })
}

/// The text with its holes filled from a document (`{/pointer}`, `{/pointer|words}`, `{/pointer|ids}`) and from the
/// account's settings (`{name}`).
pub(super) fn fill_from(text: &str, document: &Json, site: &Site) -> Option<String> {
    let filled = fill_by(text, |hole| {
        if !hole.starts_with('/') {
            return site.settings.get(hole).cloned();
        }
        let (pointer, how) = hole.split_once('|').unwrap_or((hole, ""));
        let plain = match document.pointer(pointer)? {
            Json::String(text) => text.trim().to_owned(),
            Json::Number(number) => number.to_string(),
            _ => return None,
        };
        let shaped = match how {
            "words" => plain.to_lowercase().replace('_', " "),
            "ids" => last_two(&plain)?,
            _ => plain,
        };
        (!shaped.is_empty()).then_some(shaped)
    })?;
    Some(crate::base::sanitize::line(&filled).to_string())
}

/// Whether a setting that fills one of the text's holes is not there.
pub(super) fn lacks_setting(text: &str, site: &Site) -> bool {
    let mut holes = text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0));
    holes.any(|hole| !hole.starts_with('/') && !site.settings.contains_key(hole))
}

/// `https://login.salesforce.com/id/00D…/005…`: the last two parts.
fn last_two(address: &str) -> Option<String> {
    let mut parts = address.trim_end_matches('/').rsplit('/');
    let (last, before) = (parts.next()?, parts.next()?);
    Some(format!("{before}/{last}"))
}

fn fill_by(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, later) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(hole)?);
        rest = later;
    }
    filled.push_str(rest);
    Some(filled)
}
