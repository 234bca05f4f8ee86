//! What the tests share: servers, homes and checks.

pub mod home;
pub mod synced;
