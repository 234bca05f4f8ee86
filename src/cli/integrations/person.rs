//! The person at the terminal, as a sign-in reaches one: told what happens, sent to the browser, shown a code, asked for
//! the callback's address, and for the label and whose it is once the identity is known.

use std::io::{BufRead as _, Read as _};

use async_trait::async_trait;
use url::Url;

use super::browser;
use crate::accounts::{Browse, Event, Found, Person, Settled, Sharing};
use crate::app::App;
use crate::base::{Doing as _, Error, Label, Result};
use crate::cli::ui::{Ui, words};
use crate::config::Desktop;

/// Whether pages may be opened here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// In a browser, where there is one
    Open,
    /// Not on this machine (`--no-browser`)
    Nowhere,
}

pub struct AtTerminal<'a> {
    ui: &'a mut Ui,
    app: &'a App,
    desktop: Desktop,
    pages: Pages,
    /// Where the browser should go, for whoever has to take it there
    url: Option<Url>,
    /// The page of the person's own that it comes back to
    landing: Option<String>,
    /// The person was told how to paste
    told: bool,
}

/// What is said about it; empty where nothing is.
fn told(event: &Event) -> String {
    match event {
        Event::Waiting { limit } => {
            format!("waiting for the browser, {} at the most; Ctrl-C ends it", words::time(*limit))
        }
        Event::Identity { identity } if identity.id.is_empty() => {
            format!("whose it is cannot be asked at {}: set `identity_url` to know", identity.name)
        }
        Event::Identity { identity } => format!("signed in as {}", identity.name),
        Event::Known { label } => format!("this is account `{label}`"),
        // What was not granted is told at the end, with what helps.
        Event::Scopes { .. }
        | Event::VaultReady { .. }
        | Event::Elsewhere { .. }
        | Event::Landing { .. }
        | Event::NotIt { .. }
        | Event::Exchanged => String::new(),
    }
}

impl<'a> AtTerminal<'a> {
    pub fn new(app: &'a App, ui: &'a mut Ui, pages: Pages) -> Self {
        AtTerminal { ui, app, desktop: crate::config::desktop(), pages, url: None, landing: None, told: false }
    }

    /// `BROWSER` is somebody's word that there is one; a screen alone counts only where somebody looks at it.
    fn has_browser(&self) -> bool {
        self.pages == Pages::Open && (self.desktop.browser.is_some() || (self.desktop.screen && self.ui.can_ask()))
    }

    fn how_to_paste(&self) -> String {
        let go =
            self.url.as_ref().map(|url| format!("in a browser on any machine\n  go to  {url}\n")).unwrap_or_default();
        let ends = match &self.landing {
            Some(page) => {
                format!("After the consent the browser ends at {page}, and the page there may show an error.")
            }
            None => "After the consent the browser shows an error, because it looks for this machine.".to_owned(),
        };
        format!("{go}{ends} Copy its whole address from the address bar.")
    }

    fn ask_label(&mut self, found: &Found<'_>) -> Result<Label> {
        let taken: Vec<Label> = crate::accounts::list(self.app)?.into_iter().map(|account| account.label).collect();
        self.ui.ask_valid("label", Some(found.proposed.as_str()), "--label LABEL", |text| {
            let label = Label::parse(text)?;
            if taken.contains(&label) {
                return Err(Error::usage(format!("an account is labelled `{label}` already")));
            }
            Ok(label)
        })
    }

    fn ask_sharing(&mut self, team_ready: bool) -> Result<Sharing> {
        let team = if team_ready { "" } else { " (make the vault first: `appctl vault init`)" };
        let ways = [
            "private: you and your agents alone can see and use it".to_owned(),
            format!("team: everybody in the team vault, and their agents, can use it{team}"),
        ];
        loop {
            match self.ui.choose("whose it is", &ways, "--team` or `--private")? {
                0 => return Ok(Sharing::Private),
                _ if team_ready => return Ok(Sharing::Team),
                _ => self.ui.warn("there is no team vault that you are in: run `appctl vault init` or `appctl vault join`, then `appctl integrations accounts share LABEL`")?,
            }
        }
    }
}

/// The longest line that is read as an address, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The next line of stdin, read apart, so that whoever waits for it can be interrupted; `None` at its end.
async fn read_line() -> Result<Option<String>> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = Vec::new();
        std::io::stdin().lock().take(LONGEST).read_until(b'\n', &mut line)?;
        Ok::<_, std::io::Error>(line)
    });
    let line =
        reading.await.map_err(|_| Error::failed("stdin could not be read"))?.doing(|| "reading stdin".to_owned())?;
    if line.is_empty() {
        return Ok(None);
    }
    String::from_utf8(line).map(Some).map_err(|_| Error::usage("stdin holds no text"))
}

#[async_trait]
impl Person for AtTerminal<'_> {
    fn tell(&mut self, event: Event) {
        if let Event::Landing { at } = &event {
            self.landing = Some(at.clone());
        }
        // A closed stderr is no reason to end a sign-in.
        let _ = match &event {
            Event::NotIt { why } => self.ui.warn(why),
            Event::VaultReady { word } => self.ui.detail(format!("the {word} can keep it")),
            event => match told(event) {
                text if text.is_empty() => Ok(()),
                text => self.ui.say(text),
            },
        };
    }

    fn browse(&mut self, url: &Url) -> Result<Browse> {
        let opened = self.has_browser() && browser::open(url, &self.desktop)?;
        if opened {
            self.ui.say(format!("opened the browser; should it show nothing, go to\n  {url}"))?;
            return Ok(Browse::Opened);
        }
        self.url = Some(url.clone());
        Ok(Browse::NoBrowser)
    }

    fn device(&mut self, user_code: &str, uri: &Url, complete: Option<&Url>) {
        let link = complete.map(|url| format!("\n  or directly     {url}")).unwrap_or_default();
        self.ui.call(format!("on any device\n  go to           {uri}\n  enter the code  {user_code}{link}"));
    }

    async fn paste(&mut self) -> Result<String> {
        self.can_paste()?;
        if !std::mem::replace(&mut self.told, true) {
            self.ui.call(self.how_to_paste());
        }
        if self.ui.can_ask() {
            return self.ui.ask("the address that the browser ended at", None, "--method device");
        }
        match read_line().await? {
            Some(line) => Ok(line),
            None => Err(Error::usage("stdin ended before the address that the browser ended at came")
                .hint("write that address to it, one line, once somebody has signed in")),
        }
    }

    fn can_paste(&mut self) -> Result<()> {
        if self.ui.can_ask() || self.pages == Pages::Nowhere {
            return Ok(());
        }
        Err(match self.landing {
            Some(_) => Error::usage("nobody is there to paste the address that the browser ends at")
                .hint("run it at a terminal, or add `--no-browser` and write that address to its stdin"),
            None => Error::usage("nobody is there to sign in in a browser").hint(
                "run it at a terminal, set `BROWSER` to a command that opens pages, or give a key with `--method token --token-stdin`",
            ),
        })
    }

    fn settle(&mut self, found: &Found<'_>) -> Result<Settled> {
        let asks = self.ui.can_ask() && found.label.is_none();
        let label = match found.label {
            Some(label) => label.clone(),
            None if asks => self.ask_label(found)?,
            None => found.proposed.clone(),
        };
        let sharing = match found.sharing {
            Some(sharing) => sharing,
            None if asks => self.ask_sharing(found.team_ready)?,
            None => Sharing::Private,
        };
        Ok(Settled { label, sharing })
    }
}
