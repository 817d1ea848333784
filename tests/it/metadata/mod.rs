//! What makers publish of their keys, and what follows from it. The publisher, the makers and their
//! keys are of the tests' own making.

mod keys;
mod rounds;

use std::path::PathBuf;
use std::sync::Arc;

use latchkey::App;
use latchkey::authn::software::MODEL;
use latchkey::config::{Config, METADATA_SIGNER, Metadata, MetadataSource};
use latchkey::jobs::metadata::{Watch, round};
use latchkey_core::audit::What;
use latchkey_test_metadata::{Model, Party, Publisher, payload};
use tempfile::TempDir;

use crate::support::http::Site;

/// A day that no test reaches.
const FAR: &str = "2999-01-01";

/// Somebody who publishes into a folder.
pub(crate) struct Press {
    folder: TempDir,
    publisher: Publisher,
    maker: Party,
}

impl Press {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let this = Self { folder, publisher: Publisher::new(), maker: Party::maker() };
        this.write("roots.pem", &this.publisher.root.pem());
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    /// The model of the tests' keys, as it is published when nothing is wrong with it.
    pub(crate) fn model(&self) -> Model<'_> {
        Model {
            aaguid: MODEL,
            name: "Tern Key 7",
            root: &self.maker.certificate,
            status: "FIDO_CERTIFIED_L2",
            protection: "hardware",
        }
    }

    /// A BLOB with the tests' keys as told.
    fn blob(&self, number: u64, model: Model<'_>) -> String {
        self.publisher.publish(&payload(number, FAR, &[model]))
    }

    /// Publishes that in the file that [`settings`](Self::settings) name.
    pub(crate) fn publish(&self, number: u64, model: Model<'_>) {
        self.write("blob.jwt", &self.blob(number, model));
    }

    pub(crate) fn settings(&self) -> Metadata {
        Metadata {
            blob: MetadataSource::File(self.path("blob.jwt")),
            roots: self.path("roots.pem"),
            signer: METADATA_SIGNER.to_owned(),
        }
    }

    /// An installation that reads that file.
    async fn site(&self) -> Site {
        let settings = self.settings();
        Site::start_with(|config: &mut Config| config.metadata = Some(settings)).await
    }
}

/// Looks once, as a node that was just started.
pub(crate) async fn look(app: &App) {
    round(app, &mut Watch::default()).await.expect("the database answers");
}

/// The number of what is gone by.
fn number(app: &App) -> Option<u32> {
    app.metadata.present().map(|metadata| metadata.number())
}

/// What the audit trail tells of metadata, the latest first.
async fn accepted(app: &App) -> Vec<What> {
    let events = app.store.view().list_events(1000).await.expect("the database answers");
    let events = events.into_iter().map(|(_, what)| what);
    events.filter(|what| matches!(what, What::MetadataAccepted { .. })).collect()
}

/// How often something was not taken.
fn refused(app: &App) -> u32 {
    measured(app, "latchkey_metadata_refused_total")
}

fn measured(app: &App, name: &str) -> u32 {
    let text = app.metrics.render(app);
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("it is counted");
    line.trim().parse().expect("a number")
}

/// Another node of the same installation, or the same one after a restart.
async fn another(site: &Site, change: impl FnOnce(&mut Config)) -> Arc<App> {
    let mut config = site.app.config.clone();
    change(&mut config);
    let rng = Arc::new(latchkey_core::rng::SystemRng);
    App::open(config, site.clock.clone(), rng).await.expect("up")
}
