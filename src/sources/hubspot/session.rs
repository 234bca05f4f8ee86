//! An open way to one HubSpot account: which part of this source answers which question.

use async_trait::async_trait;

use super::super::{Ask, Estimate, Identity, ObjectSummary, Page, Session, Shape};
use super::api::Api;
use super::crm::Run;
use super::objects::{self, Crm, Object};
use super::pipelines::Part;
use super::settings::Cadences;
use super::{associations, discover, estimate, owners, pipelines, properties};
use crate::base::{Error, Result};

pub(super) struct HubspotSession {
    api: Api,
    cadences: Cadences,
    /// The account's own objects, once they were asked for
    custom: Option<Vec<Crm>>,
}

impl HubspotSession {
    pub fn new(api: Api, cadences: Cadences) -> Self {
        HubspotSession { api, cadences, custom: None }
    }

    async fn object(&mut self, name: &str) -> Result<Object> {
        if !objects::is_known(name) && self.custom.is_none() {
            self.custom = Some(discover::custom(&mut self.api).await?);
        }
        let custom = self.custom.as_deref().unwrap_or_default();
        objects::resolve(name, custom).ok_or_else(|| {
            Error::not_found(format!("this HubSpot account has no object `{name}`"))
                .hint("see `appctl connections discover hubspot`")
        })
    }
}

#[async_trait]
impl Session for HubspotSession {
    async fn identity(&mut self) -> Result<Identity> {
        self.api.details().await
    }

    async fn objects(&mut self) -> Result<Vec<ObjectSummary>> {
        let custom = discover::custom(&mut self.api).await;
        if let Ok(custom) = &custom {
            self.custom = Some(custom.clone());
        }
        discover::objects(&mut self.api, custom).await
    }

    async fn describe(&mut self, object: &str) -> Result<Shape> {
        match self.object(object).await? {
            Object::Crm(crm) => properties::shape(&mut self.api, &crm).await,
            Object::Owners => Ok(owners::shape()),
            Object::Pipelines { of } => Ok(pipelines::shape(object, of, Part::Pipelines)),
            Object::Stages { of } => Ok(pipelines::shape(object, of, Part::Stages)),
            Object::Associations { from, to } => Ok(associations::shape(object, &from, &to)),
        }
    }

    async fn estimate(&mut self, ask: &Ask<'_>) -> Result<Estimate> {
        let object = self.object(ask.object).await?;
        estimate::estimate(&mut self.api, &self.cadences, &object, ask).await
    }

    async fn page(&mut self, ask: &Ask<'_>) -> Result<Page> {
        let object = self.object(ask.object).await?;
        // Read once a session, so that the day's last calls are spared even where answers do not count them.
        self.api.quota().await?;
        let (api, cadences) = (&mut self.api, &self.cadences);
        match &object {
            Object::Crm(object) => Run { api, object, cadences }.page(ask).await,
            Object::Owners => owners::page(api, ask).await,
            Object::Pipelines { of } => pipelines::page(api, ask, of, Part::Pipelines).await,
            Object::Stages { of } => pipelines::page(api, ask, of, Part::Stages).await,
            Object::Associations { from, to } => associations::page(api, cadences, ask, (from, to)).await,
        }
    }
}
