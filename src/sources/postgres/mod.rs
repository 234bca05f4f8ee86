//! PostgreSQL as a source.

use async_trait::async_trait;

use super::{Access, Session, Source, Spec};
use crate::base::{Error, Result};
use crate::providers;

static SPEC: Spec = Spec {
    id: "postgres",
    title: "PostgreSQL",
    provider: &providers::POSTGRES,
    settings: &[],
    usual_objects: &[],
    how: "",
};

#[derive(Debug)]
pub struct Postgres;

#[async_trait]
impl Source for Postgres {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn open(&self, _access: Access) -> Result<Box<dyn Session>> {
        Err(Error::failed("being built"))
    }
}
