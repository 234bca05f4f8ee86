//! `appctl integrations accounts [PROVIDER]`

use serde::Serialize;

use super::shown::{self, Shown};
use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::cli::ui::{Outcome, Sheet, Ui};

pub fn run(app: &App, ui: &mut Ui, provider: Option<&str>) -> Result<()> {
    let mut all = match provider {
        Some(product) => accounts::of_product(app, product)?,
        None => accounts::list(app)?,
    };
    all.sort_by(|one, other| (one.product(), &one.label).cmp(&(other.product(), &other.label)));
    let lines: Vec<Shown> = all.iter().map(|account| Shown::of(app, account)).collect::<Result<_>>()?;
    let (none, sick) = (lines.is_empty(), lines.iter().filter_map(advice).collect::<Vec<_>>());
    ui.outcome(&Lines(lines))?;
    if none {
        let what = provider.unwrap_or("PROVIDER");
        return ui.say(format!("there are no accounts yet; make one with `appctl integrations connect {what}`"));
    }
    sick.into_iter().try_for_each(|text| ui.say(text))
}

fn advice(line: &Shown) -> Option<String> {
    let reason = line.reason.as_ref()?;
    Some(format!("`{}`: {reason}; run `appctl integrations accounts reauth {0}`", line.label))
}

#[derive(Serialize)]
struct Lines(Vec<Shown>);

impl Outcome for Lines {
    fn sheet(&self) -> Sheet {
        shown::list(&self.0)
    }
}
