//! HubSpot as a source: CRM objects by listing and search, what belongs to them by sweeps on a cadence. The order in which
//! a run asks for things is in `crm.rs`; what HubSpot's values mean is in `cells.rs`; who may be asked is in `objects.rs`.

mod api;
mod associations;
mod cells;
mod crm;
mod discover;
mod estimate;
mod objects;
mod owners;
mod pipelines;
mod position;
mod properties;
mod query;
mod records;
mod session;
mod settings;
mod small;

use async_trait::async_trait;

use super::{Access, Session, Source, Spec};
use crate::base::Result;
use crate::providers;

static SPEC: Spec = Spec {
    id: "hubspot",
    title: "HubSpot",
    provider: &providers::HUBSPOT,
    settings: settings::SETTINGS,
    usual_objects: &["contacts", "companies", "deals"],
    how: "changes by search from the last modification on; archived records by their own list, deletes for good and merges by a sweep of everything on a cadence",
};

#[derive(Debug)]
pub struct Hubspot;

#[async_trait]
impl Source for Hubspot {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn open(&self, access: Access) -> Result<Box<dyn Session>> {
        let cadences = settings::Cadences::from_settings(&access.settings)?;
        let mut api = api::Api::new(access)?;
        api.details().await?;
        Ok(Box::new(session::HubspotSession::new(api, cadences)))
    }
}
