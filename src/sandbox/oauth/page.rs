//! The pages that people see: what a client asks for with two buttons, where a device's code is typed, and why there is
//! nothing to ask. Plain HTML without scripts, so that `curl` and a text browser do.

use std::fmt::Write as _;

use super::Realm;
use super::authorize::Asked;
use super::device::Decided;
use super::dialects::Dialect;
use super::errors::Refusal;
use super::people::Identity;
use super::visit::Visit;
use crate::sandbox::wire::{Reply, pairs};

/// What is asked, as a form that is posted to the same address.
pub(crate) fn consent(realm: &Realm, visit: &Visit<'_>, asked: &Asked) -> Reply {
    let mut form = format!("<p><b>{}</b> asks for access as</p>\n<select name=\"identity\">", escape(&asked.client));
    let known = ["ada@example.com", "bob@example.com"];
    let first = realm.person.identity.as_str();
    for email in std::iter::once(first).chain(known.into_iter().filter(|email| *email != first)) {
        _ = write!(form, "<option>{}</option>", escape(email));
    }
    form.push_str("</select>\n<ul>\n");
    for scope in asked.scopes.iter().chain(&asked.user_scopes) {
        let scope = escape(scope);
        _ = writeln!(
            form,
            "<li><label><input type=\"checkbox\" name=\"scope\" value=\"{scope}\" checked>{scope}</label></li>"
        );
    }
    form.push_str("</ul>\n");
    form.push_str(BUTTONS);
    page(
        visit.dialect(),
        200,
        &format!(
            "<form method=\"post\" action=\"{}\">\n{form}</form>",
            escape(&asked.address(visit.request.target.split('?').next().unwrap_or_default()))
        ),
    )
}

const BUTTONS: &str = "<button name=\"decision\" value=\"approve\">Allow</button>\n\
                       <button name=\"decision\" value=\"deny\">Deny</button>\n";

/// Why nobody is asked anything, where the browser cannot be sent back.
pub(crate) fn refused(dialect: &Dialect, refusal: &Refusal) -> Reply {
    let status = if refusal.status < 400 { 400 } else { refusal.status };
    let text = format!(
        "<p>Error {status}: <code>{}</code></p>\n<p>{}</p>",
        escape(&refusal.code),
        escape(&refusal.description)
    );
    page(dialect, status, &text)
}

/// Where a device's code is typed, and decided about.
pub(crate) fn device(realm: &mut Realm, visit: &Visit<'_>) -> Reply {
    let dialect = visit.dialect();
    let typed = pairs(&String::from_utf8_lossy(&visit.request.body));
    let one = |name: &str| typed.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if visit.request.method != "POST" {
        let code = visit.request.parameter("user_code").unwrap_or_default();
        let form = format!(
            "<form method=\"post\" action=\"{}\">\n<p><label>Code <input name=\"user_code\" value=\"{}\"></label></p>\n\
             <p><label>Account <input name=\"identity\" value=\"{}\"></label></p>\n{BUTTONS}</form>",
            escape(&format!("{}/{}", visit.own, dialect.device.page)),
            escape(code),
            escape(&realm.person.identity)
        );
        return page(dialect, 200, &form);
    }
    let identity = one("identity").filter(|email| !email.is_empty()).unwrap_or(&realm.person.identity).to_owned();
    let Some(device) = realm.devices.typed(one("user_code").unwrap_or_default()) else {
        return page(dialect, 404, "<p>No device shows this code.</p>");
    };
    let approved = one("decision") == Some("approve");
    device.decide(match approved {
        true => Decided::Approved { identity: Identity::of(&identity), dropped: Vec::new() },
        false => Decided::Denied,
    });
    let text = if approved { "<p>The device may go on.</p>" } else { "<p>The device was turned down.</p>" };
    page(dialect, 200, text)
}

fn page(dialect: &Dialect, status: u16, body: &str) -> Reply {
    let title = dialect.title;
    let note = "<p><small>This is a sandbox on this machine. It gives access to nothing real.</small></p>";
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title} (sandbox)</title></head>\n\
         <body>\n<h1>{title} (sandbox)</h1>\n{body}\n{note}\n</body>\n</html>\n"
    );
    Reply::html(status, html)
        .header("Cache-Control", "no-store")
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
