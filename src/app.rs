//! The app: what every noun works with. Built once by the door that was used.

use crate::base::Clock;
use crate::config::Config;
use crate::http::Http;

pub struct App {
    pub http: Http,
    pub clock: Clock,
    pub config: Config,
}
