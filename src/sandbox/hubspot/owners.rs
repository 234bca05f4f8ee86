//! The people who own records.

use serde_json::{Value as Json, json};

use super::errors::Trouble;
use crate::sandbox::fault::Twist;
use crate::sandbox::random::hash;
use crate::sandbox::wire::{Reply, Request};
use crate::sandbox::words;

/// How many owners the account has; the last one has left.
pub(crate) const MADE_UP: u64 = 12;

pub(crate) fn id(index: u64) -> u64 {
    70_000_001 + index * 37
}

fn owner(seed: u64, index: u64) -> Json {
    let first = words::pick(words::FIRST, hash(&[seed, index, 1]));
    let last = words::pick(words::LAST, hash(&[seed, index, 2]));
    let archived = index == MADE_UP - 1;
    json!({
        "id": id(index).to_string(),
        "email": format!("owner{index}@team.example"),
        "type": "PERSON",
        "firstName": first,
        "lastName": last,
        "userId": if archived { Json::Null } else { json!(9_000_000 + index) },
        "userIdIncludingInactive": 9_000_000 + index,
        "createdAt": "2020-01-01T00:00:00.000Z",
        "updatedAt": "2025-06-01T08:30:00.000Z",
        "archived": archived,
        "teams": [{"id": "300", "name": "Sales", "primary": true}],
    })
}

/// Every owner, the archived one too.
pub(crate) fn all(seed: u64) -> Vec<Json> {
    (0..MADE_UP).map(|index| owner(seed, index)).collect()
}

pub(crate) fn list(seed: u64, request: &Request, twist: Option<Twist>) -> Result<Reply, Trouble> {
    let limit = Trouble::limit(request.parameter("limit"), 100, 500)?;
    let after = request.parameter("after").filter(|after| !after.is_empty());
    let after: u64 = match after {
        Some(after) => after.parse().map_err(|_| Trouble::invalid("invalid value for `after`"))?,
        None => 0,
    };
    if twist == Some(Twist::Expired) {
        return Err(Trouble::expired());
    }
    let archived = request.is_true("archived");
    let email = request.parameter("email");
    let mut owners: Vec<Json> = all(seed);
    owners.retain(|owner| owner["archived"] == archived && email.is_none_or(|email| owner["email"] == email));
    owners.retain(|owner| owner["id"].as_str().and_then(|id| id.parse::<u64>().ok()).is_some_and(|id| id > after));
    let more = owners.len() > limit;
    owners.truncate(limit);
    let mut body = json!({"results": owners});
    if let Some(last) = owners.last().filter(|_| more && !matches!(twist, Some(Twist::Half | Twist::Nothing))) {
        body["paging"] = json!({"next": {"after": last["id"]}});
    }
    if twist == Some(Twist::Nothing) {
        body["results"] = json!([]);
    }
    Ok(Reply::value(200, &body))
}

pub(crate) fn read(seed: u64, id: &str, request: &Request) -> Result<Reply, Trouble> {
    let by_user = request.parameter("idProperty") == Some("userId");
    let archived = request.is_true("archived");
    let is_it = |owner: &Json| {
        let known = if by_user {
            owner["userIdIncludingInactive"].to_string()
        } else {
            owner["id"].as_str().unwrap_or_default().to_owned()
        };
        known == id && owner["archived"] == archived
    };
    let found = all(seed).into_iter().find(is_it).ok_or_else(Trouble::not_found)?;
    Ok(Reply::value(200, &found))
}
