//! What could be synced: the sources that appctl knows, and the objects behind one connection.

use serde::Serialize;

use super::find;
use crate::app::App;
use crate::base::{Budget, ConnectionName, Result};
use crate::sources::{self, ObjectSummary};

/// One line of `connections sources`.
#[derive(Clone, Debug, Serialize)]
pub struct SourceInfo {
    pub source: String,
    pub title: String,
    /// The provider whose accounts it uses
    pub provider: String,
    pub how: String,
    pub settings: Vec<SettingInfo>,
    pub usual_objects: Vec<String>,
    /// What its secret is called by the vendor, and where one is made
    pub secret: String,
    pub console: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct SettingInfo {
    pub key: String,
    pub help: String,
    pub required: bool,
}

/// Every source.
pub fn sources_list() -> Vec<SourceInfo> {
    let info = |source: &&dyn sources::Source| {
        let spec = source.spec();
        let setting = |setting: &sources::Setting| SettingInfo {
            key: setting.key.to_owned(),
            help: setting.help.to_owned(),
            required: setting.required,
        };
        SourceInfo {
            source: spec.id.to_owned(),
            title: spec.title.to_owned(),
            provider: spec.provider.id.to_owned(),
            how: spec.how.to_owned(),
            settings: spec.settings.iter().chain(super::settings::COMMON).map(setting).collect(),
            usual_objects: spec.usual_objects.iter().map(|&object| object.to_owned()).collect(),
            secret: spec.provider.secret.to_owned(),
            console: spec.provider.console.to_owned(),
        }
    };
    sources::ALL.iter().map(info).collect()
}

/// The objects behind a connection, with their problems.
pub async fn discover(app: &App, name: &ConnectionName) -> Result<Vec<ObjectSummary>> {
    let connection = find(app, name)?;
    connection.open(app, Budget::unlimited()).await?.objects().await
}
