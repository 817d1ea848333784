//! How operations are counted and timed: eight workers, the server's CPU time and memory from
//! `/proc`, and one RSA signature of this machine as the yardstick. Knows nothing of what an
//! operation does.

use std::fs;
use std::future::Future;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use latchkey_tests::server::Server;
use tokio::task::JoinSet;

/// How many ask at the same time.
pub(crate) const WORKERS: usize = 8;

/// CPU time of a process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    /// In its own code.
    pub(crate) user: Duration,
    /// In the kernel, on its behalf.
    pub(crate) system: Duration,
}

impl Cpu {
    pub(crate) fn total(self) -> Duration {
        self.user + self.system
    }

    fn since(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            system: self.system.saturating_sub(before.system),
        }
    }
}

/// What many operations of one kind cost.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    /// How many there were.
    pub(crate) count: u32,
    /// What the server's processors did for all of them.
    pub(crate) cpu: Cpu,
    /// From the first to the last.
    pub(crate) wall: Duration,
    latencies: Vec<Duration>,
}

impl Cost {
    /// CPU time of the server for one operation.
    pub(crate) fn each(&self) -> Duration {
        self.cpu.total() / self.count.max(1)
    }

    /// How long one in a hundred takes at least, for `percent` 99.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).copied().unwrap_or_default()
    }

    /// Operations a second.
    pub(crate) fn throughput(&self) -> f64 {
        f64::from(self.count) / self.wall.as_secs_f64().max(f64::EPSILON)
    }

    /// This together with what was measured at the same time elsewhere.
    pub(crate) fn beside(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        Self {
            count: self.count + other.count,
            cpu: Cpu {
                user: self.cpu.user + other.cpu.user,
                system: self.cpu.system + other.cpu.system,
            },
            wall: self.wall.max(other.wall),
            latencies: self.latencies,
        }
    }

    /// How many processors the server kept busy.
    pub(crate) fn busy(&self) -> f64 {
        self.cpu.total().as_secs_f64() / self.wall.as_secs_f64().max(f64::EPSILON)
    }
}

/// Lets every worker do its operation `each` times, all at once, and gives the workers back.
///
/// # Errors
/// When one operation was not answered rightly.
pub(crate) async fn load<W, F, O>(
    server: &Server,
    workers: Vec<W>,
    each: usize,
    operation: O,
) -> Result<(Cost, Vec<W>)>
where
    W: Send + 'static,
    F: Future<Output = Result<W>> + Send,
    O: Fn(W) -> F + Clone + Send + Sync + 'static,
{
    let ticks = clock_ticks()?;
    let before = cpu(server, ticks)?;
    let began = Instant::now();
    let mut running = JoinSet::new();
    for mut worker in workers {
        let operation = operation.clone();
        running.spawn(async move {
            let mut latencies = Vec::with_capacity(each);
            for _ in 0..each {
                let began = Instant::now();
                worker = operation(worker).await?;
                latencies.push(began.elapsed());
            }
            anyhow::Ok((latencies, worker))
        });
    }
    let (mut latencies, mut back) = (Vec::new(), Vec::new());
    while let Some(finished) = running.join_next().await {
        let (own, worker) = finished??;
        latencies.extend(own);
        back.push(worker);
    }
    let (wall, cpu) = (began.elapsed(), cpu(server, ticks)?.since(before));
    latencies.sort_unstable();
    let count = u32::try_from(latencies.len())?;
    Ok((Cost { count, cpu, wall, latencies }, back))
}

/// The processor time that a server has had so far (proc(5)).
fn cpu(server: &Server, ticks: u64) -> Result<Cpu> {
    cpu_of(&server.id().to_string(), ticks)
}

/// The processor time that this process has had so far.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn own_cpu() -> Result<Duration> {
    Ok(cpu_of("self", clock_ticks()?)?.total())
}

fn cpu_of(process: &str, ticks: u64) -> Result<Cpu> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is a name in parentheses that may hold spaces; utime is the 14th.
    let (_, rest) = text.rsplit_once(')').context("a stat without a name")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut time = || -> Result<Duration> {
        let count: u64 = fields.next().context("a short stat")?.parse()?;
        Ok(Duration::from_millis(count * 1000 / ticks))
    };
    Ok(Cpu { user: time()?, system: time()? })
}

/// How many of the units of `/proc/PID/stat` a second has.
fn clock_ticks() -> Result<u64> {
    let output = Command::new("getconf").arg("CLK_TCK").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// A server's resident memory, in KiB.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn resident(server: &Server) -> Result<u64> {
    status(server, "VmRSS:")
}

/// The most resident memory that a server had since [`forget_peak`], in KiB.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn peak(server: &Server) -> Result<u64> {
    status(server, "VmHWM:")
}

/// Begins with a new peak (proc(5), `clear_refs`).
///
/// # Errors
/// When the system does not do so.
pub(crate) fn forget_peak(server: &Server) -> Result<()> {
    Ok(fs::write(format!("/proc/{}/clear_refs", server.id()), "5")?)
}

fn status(server: &Server, wanted: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = text.lines().find_map(|line| line.strip_prefix(wanted));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.with_context(|| format!("no {wanted}"))?.parse()?)
}

/// CPU time of one raw RSA-2048 signature.
///
/// # Errors
/// When a key cannot be made, or the system does not tell CPU times.
#[allow(clippy::disallowed_types, reason = "the library asks for one; PKCS #1 v1.5 draws nothing")]
pub(crate) fn rsa_signature(count: u32) -> Result<Duration> {
    let key = KeyPair::generate(KeySize::Rsa2048).context("no RSA key")?;
    let random = aws_lc_rs::rand::SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let mut sign = |times: u32| -> Result<()> {
        for _ in 0..times {
            key.sign(&RSA_PKCS1_SHA256, &random, b"one signature", &mut signature)
                .context("no RSA signature")?;
        }
        Ok(())
    };
    // The first ones fill caches and the key's blinding.
    sign(20)?;
    let before = thread_time()?;
    sign(count)?;
    Ok(thread_time()?.saturating_sub(before) / count)
}

/// CPU time of one password hash with the product's default parameters (OWASP's: 19 MiB, two
/// passes, one lane).
///
/// # Errors
/// When the system does not tell CPU times.
pub(crate) fn password_hash(count: u32) -> Result<Duration> {
    let params = argon2::Params::new(19 * 1024, 2, 1, None).ok().context("no such parameters")?;
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut blocks = vec![argon2::Block::default(); argon.params().block_count()];
    let mut hash = |times: u32| -> Result<()> {
        for _ in 0..times {
            let mut out = [0; 32];
            argon
                .hash_password_into_with_memory(
                    b"paper boats",
                    b"sixteen bytes...",
                    &mut out,
                    &mut blocks,
                )
                .ok()
                .context("no hash")?;
        }
        Ok(())
    };
    hash(1)?;
    let before = thread_time()?;
    hash(count)?;
    Ok(thread_time()?.saturating_sub(before) / count)
}

/// How long this thread has had a processor. Finer than the clock ticks of `/proc/PID/stat`, and
/// blind to what others do meanwhile.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn thread_time() -> Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = text.split_whitespace().next().context("an empty schedstat")?;
    let nanoseconds: u64 = first.parse()?;
    ensure!(nanoseconds > 0, "this system keeps no CPU times of threads");
    Ok(Duration::from_nanos(nanoseconds))
}
