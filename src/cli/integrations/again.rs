//! A further sign-in to an account that is there: what is known of it is not asked again, and whom the provider says it is
//! must stay the same. `integrations accounts reauth` and `connections reauth` both do it.

use super::ask;
use super::connect::SignInArgs;
use super::person::{AtTerminal, Pages};
use super::wanted::Wanted;
use crate::accounts::{Account, ConnectRequest, Connected};
use crate::app::App;
use crate::base::Result;
use crate::cli::ui::Ui;
use crate::connections::sign_in;

impl Wanted {
    /// What the account was made with.
    pub fn again(account: &Account) -> Self {
        Wanted::of(ConnectRequest {
            label: Some(account.label.clone()),
            sharing: Some(account.sharing),
            method: Some(account.method),
            settings: account.settings.clone(),
            endpoint: account.endpoint.clone(),
            ..ConnectRequest::of(account.provider.as_str())
        })
    }
}

/// Puts what the flags say into what is wanted.
pub fn put_flags(wanted: &mut Wanted, args: SignInArgs) -> Result<()> {
    wanted.client_secret = args.client_secret()?;
    let request = &mut wanted.request;
    request.secret = match request.method {
        Some(method) if method.keeps_key() => args.secret.given_whole()?,
        _ => args.secret.given()?,
    };
    request.limit = args.wait();
    request.scopes = args.scopes;
    request.only_scopes = args.only_scopes;
    request.port = args.port;
    wanted.client_id = args.client_id;
    Ok(())
}

/// Signs in to the account again. `Kind::Conflict` when somebody else did and the switch does not allow it; the account
/// stays as it was then.
pub async fn sign_in(
    app: &App,
    ui: &mut Ui,
    account: &Account,
    wanted: &mut Wanted,
    pages: Pages,
) -> Result<Connected> {
    ask::complete(app, ui, wanted)?;
    let request = wanted.request(ui.interrupted());
    let mut person = AtTerminal::new(app, ui, pages);
    sign_in::reauth(app, &account.label, request, &mut person).await
}
