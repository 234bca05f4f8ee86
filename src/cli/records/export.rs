//! `appctl records export`

use crate::app::App;
use crate::base::Result;
use crate::cli::ui::{Format, Ui};

use super::list::{Which, show};

#[derive(clap::Args)]
#[command(after_help = "\
CSV follows RFC 4180; a text that a spreadsheet would run as a formula gets a `'` in front (`--csv-raw` leaves it as it is).

Examples:
  appctl records export contacts > contacts.csv
  appctl records export deals --where \"stage = 'won'\" -o jsonl > won.jsonl")]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    ui.instead_of_table(Format::Csv);
    show(app, ui, args.which)
}
