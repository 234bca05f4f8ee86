//! Which endpoint a request is for, whichever version its path names, and what that endpoint demands.

use super::errors::Trouble;
use super::types::{self, ObjectType};
use super::{Hubspot, Visit};
use super::{account, associations, owners, pipelines, properties};
use crate::sandbox::json::loose_text;
use crate::sandbox::wire::{Reply, Request};

/// An endpoint as faults and counts see it.
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) object: String,
    /// Answers in pages
    pub(crate) pages: bool,
    /// Asks for a page after the first
    pub(crate) after: bool,
}

/// A request's path, without the part that names the version.
pub(crate) struct Route<'a> {
    pub(crate) name: &'static str,
    method: &'a str,
    parts: Vec<&'a str>,
    /// The path names a date instead of a version number
    pub(crate) dated: bool,
    /// Version 3 of the associations, which has another shape
    pub(crate) third: bool,
}

fn is_version(part: &str) -> bool {
    let numbered =
        part.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    numbered || is_date(part)
}

fn is_date(part: &str) -> bool {
    let part = part.strip_suffix("-beta").unwrap_or(part);
    let (year, month) = part.split_once('-').unwrap_or_default();
    year.len() == 4 && month.len() == 2 && year.starts_with("20") && month.bytes().all(|b| b.is_ascii_digit())
}

impl<'a> Route<'a> {
    pub(crate) fn of(request: &'a Request) -> Route<'a> {
        let mut parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        if parts.first() == Some(&"hubspot") {
            parts.remove(0);
        }
        let version = parts.iter().take(3).skip(1).position(|part| is_version(part)).map(|at| at + 1);
        let version = version.map(|at| parts.remove(at)).unwrap_or_default();
        let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
        let mut route = Route { name: "", method, parts, dated: is_date(version), third: version == "v3" };
        route.name = route.named(request);
        route
    }

    fn named(&self, request: &Request) -> &'static str {
        match (self.method, self.parts.as_slice()) {
            ("GET", ["crm", "objects", _]) if request.is_true("archived") => "archived",
            ("GET", ["crm", "objects", _]) => "list",
            ("POST", ["crm", "objects", _]) => "create",
            ("POST", ["crm", "objects", _, "search"]) => "search",
            ("POST", ["crm", "objects", _, "merge"]) => "merge",
            ("POST", ["crm", "objects", _, "gdpr-delete"]) => "gdpr_delete",
            ("POST", ["crm", "objects", _, "batch", verb]) => match *verb {
                "read" => "batch_read",
                "create" => "batch_create",
                "update" => "batch_update",
                "upsert" => "batch_upsert",
                "archive" => "batch_archive",
                _ => "other",
            },
            ("GET", ["crm", "objects", _, _]) => "read",
            ("PATCH", ["crm", "objects", _, _]) => "update",
            ("DELETE", ["crm", "objects", _, _]) => "archive",
            ("GET", ["crm", "objects", _, _, "associations", _]) => "associations",
            (_, ["crm", "objects", _, _, "associations", ..]) => "associations_write",
            ("POST", ["crm", "associations", _, _, "batch", "read"]) => "associations_read",
            ("POST", ["crm", "associations", _, _, "batch", ..]) => "associations_write",
            ("GET", ["crm", "associations", _, _, "labels" | "types"]) => "association_labels",
            (_, ["crm", "owners", ..]) => "owners",
            (_, ["crm", "pipelines", ..]) => "pipelines",
            (_, ["crm", "properties", ..]) => "properties",
            (_, ["crm", "schemas", ..] | ["crm-object-schemas", "schemas", ..]) => "schemas",
            ("GET", ["account-info", "details"] | ["integrations", "me"]) => "details",
            ("GET", ["account-info", "api-usage", "daily", "private-apps"]) => "usage",
            ("POST", ["oauth", "private-apps", "get", "access-token-info"]) => "token_info",
            _ => "other",
        }
    }

    /// The type that the path names first, as it is called in results.
    fn object(&self) -> Option<ObjectType> {
        match self.parts.as_slice() {
            ["crm", "objects" | "associations" | "properties" | "pipelines", name, ..] => ObjectType::find(name),
            _ => None,
        }
    }

    /// The scopes it needs: one of each group.
    pub(crate) fn scopes(&self) -> Vec<Vec<&'static str>> {
        let object = self.object().map(ObjectType::info);
        match (self.name, object) {
            ("list" | "archived" | "read" | "search" | "batch_read", Some(info)) => vec![vec![info.scope]],
            ("create" | "update" | "archive" | "merge" | "gdpr_delete", Some(info)) => vec![vec![info.write_scope]],
            ("batch_create" | "batch_update" | "batch_upsert" | "batch_archive", Some(info)) => {
                vec![vec![info.write_scope]]
            }
            ("properties", Some(info)) => vec![vec![info.schema_scope, info.scope]],
            ("pipelines", Some(info)) => vec![vec![info.scope]],
            ("associations" | "associations_read" | "associations_write" | "association_labels", Some(info)) => {
                let to = match self.parts.as_slice() {
                    ["crm", "associations", _, to, ..] | ["crm", "objects", _, _, "associations", to, ..] => {
                        ObjectType::find(to)
                    }
                    _ => None,
                };
                let mut groups = vec![vec![info.scope]];
                groups.extend(to.map(|to| vec![to.info().scope]));
                groups
            }
            ("owners", _) => vec![vec!["crm.objects.owners.read"]],
            ("schemas", _) => vec![vec!["crm.schemas.custom.read"]],
            _ => Vec::new(),
        }
    }
}

pub(crate) fn endpoint(request: &Request) -> Endpoint {
    let route = Route::of(request);
    let pages = matches!(route.name, "list" | "archived" | "search" | "owners" | "associations");
    let after = match route.name {
        "search" => {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
            loose_text(&body["after"])
        }
        _ => request.parameter("after").unwrap_or_default().to_owned(),
    };
    let after = !matches!(after.as_str(), "" | "0");
    Endpoint { name: route.name, object: route.object().map_or("", ObjectType::name).to_owned(), pages, after }
}

/// Every scope the token has unless it was taken away.
pub(crate) fn all_scopes() -> Vec<String> {
    let mut all = vec!["oauth".to_owned(), "crm.objects.owners.read".to_owned()];
    for info in types::ALL.iter().map(|object| object.info()) {
        all.extend([info.scope, info.schema_scope, info.write_scope].map(str::to_owned));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The scopes behind a name: a scope's own, an object's, or `owners`.
pub(crate) fn scopes_named(name: &str) -> Vec<String> {
    match ObjectType::find(name) {
        // `tickets` is an object and a scope; as an object it means all of its scopes.
        Some(object) => {
            let info = object.info();
            vec![info.scope.to_owned(), info.schema_scope.to_owned(), info.write_scope.to_owned()]
        }
        None if name == "owners" => vec!["crm.objects.owners.read".to_owned()],
        None if name == "schemas" => vec!["crm.schemas.custom.read".to_owned()],
        None => vec![name.to_owned()],
    }
}

fn object(name: &str) -> Result<ObjectType, Trouble> {
    ObjectType::find(name).ok_or_else(|| Trouble::no_such_type(name))
}

impl Hubspot {
    pub(crate) fn dispatch(&self, visit: &Visit<'_>) -> Result<Reply, Trouble> {
        let route = visit.route;
        match (route.method, route.parts.as_slice()) {
            ("GET", ["crm", "objects", name]) => self.list(visit, object(name)?),
            ("POST", ["crm", "objects", name]) => self.post(visit, object(name)?),
            ("POST", ["crm", "objects", name, "search"]) => self.search(visit, object(name)?),
            ("POST", ["crm", "objects", name, "merge"]) => self.post_merge(visit, object(name)?),
            ("POST", ["crm", "objects", name, "gdpr-delete"]) => self.post_gdpr_delete(visit, object(name)?),
            ("POST", ["crm", "objects", name, "batch", verb]) => self.batch(visit, object(name)?, verb),
            ("GET", ["crm", "objects", name, id]) => self.get(visit, object(name)?, id),
            ("PATCH", ["crm", "objects", name, id]) => self.patch(visit, object(name)?, id),
            ("DELETE", ["crm", "objects", name, id]) => self.delete(visit, object(name)?, id),
            ("GET", ["crm", "objects", from, id, "associations", to]) => {
                self.associations(visit, object(from)?, id, object(to)?)
            }
            (method, ["crm", "objects", from, id, "associations", rest @ ..]) => {
                self.change_association(visit, method, object(from)?, id, rest)
            }
            ("POST", ["crm", "associations", from, to, "batch", rest @ ..]) => {
                self.associations_batch(visit, object(from)?, object(to)?, rest)
            }
            ("GET", ["crm", "associations", from, to, "labels" | "types"]) => {
                Ok(associations::labels(object(from)?, object(to)?))
            }
            ("GET", ["crm", "owners"]) => owners::list(self.seed, visit.request, visit.call.twist),
            ("GET", ["crm", "owners", id]) => owners::read(self.seed, id, visit.request),
            ("GET", ["crm", "pipelines", name]) => Ok(pipelines::list(object(name)?)),
            ("GET", ["crm", "pipelines", name, id]) => pipelines::read(object(name)?, id),
            ("GET", ["crm", "pipelines", name, id, "stages"]) => pipelines::stages(object(name)?, id),
            ("GET", ["crm", "pipelines", name, id, "stages", stage]) => pipelines::stage(object(name)?, id, stage),
            (method, ["crm", "properties", name, rest @ ..]) => self.properties(visit, method, object(name)?, rest),
            ("GET", ["crm", "schemas", rest @ ..] | ["crm-object-schemas", "schemas", rest @ ..]) => {
                self.schemas(visit, rest)
            }
            ("GET", ["account-info", "details"]) => Ok(account::details()),
            ("GET", ["integrations", "me"]) => Ok(account::me()),
            ("GET", ["account-info", "api-usage", "daily", "private-apps"]) => Ok(self.usage(visit.now)),
            ("POST", ["oauth", "private-apps", "get", "access-token-info"]) => self.token_info(visit),
            (_, ["crm", "objects" | "owners" | "pipelines" | "associations", ..]) => Err(properties::wrong_method()),
            _ => Err(Trouble::not_found()),
        }
    }
}
