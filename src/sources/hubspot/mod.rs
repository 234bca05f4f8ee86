//! HubSpot as a source.

use async_trait::async_trait;

use super::{Access, Session, Source, Spec};
use crate::base::{Error, Result};
use crate::providers;

static SPEC: Spec =
    Spec { id: "hubspot", title: "HubSpot", provider: &providers::HUBSPOT, settings: &[], usual_objects: &[], how: "" };

#[derive(Debug)]
pub struct Hubspot;

#[async_trait]
impl Source for Hubspot {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn open(&self, _access: Access) -> Result<Box<dyn Session>> {
        Err(Error::failed("being built"))
    }
}
