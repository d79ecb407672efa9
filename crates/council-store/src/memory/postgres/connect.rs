//! How a connection to a server is made: through the gate to the network, and counted.

use council_core::egress::{Bound, HostPattern, Passage, Place, Purpose, Standing};
use council_core::{Egress, EgressOutcome, EgressRefused, Origin};
use deadpool_postgres::Connect;
use socket2::{SockRef, TcpKeepalive};
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsStream};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, NoTls, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Makes connections for the pool.
pub(super) struct Gated {
    egress: Arc<dyn Egress>,
    bound: Bound,
    tls: MakeRustlsConnect,
    /// Hears what the server tells its listeners.
    told: Arc<Notify>,
}

/// One host of the address.
struct Target {
    place: Place,
    /// Where the address says it beside the name.
    address: Option<IpAddr>,
    /// A socket in the file system.
    #[cfg(unix)]
    socket: Option<std::path::PathBuf>,
}

impl Gated {
    /// For the hosts of this address.
    pub(super) fn new(
        egress: Arc<dyn Egress>,
        config: &Config,
        tls: MakeRustlsConnect,
        told: Arc<Notify>,
    ) -> Self {
        let names = targets(config)
            .iter()
            .map(|target| HostPattern::exactly(&target.place))
            .collect();
        let bound = Bound {
            purpose: Purpose::Database,
            names,
            standing: Standing::Local,
        };
        Self {
            egress,
            bound,
            tls,
            told,
        }
    }

    /// Whether all hosts may be connected to now: a connection that is kept is one too.
    pub(super) fn ask(&self, config: &Config) -> Result<(), EgressRefused> {
        let mut targets = targets(config).into_iter();
        targets.try_for_each(|target| self.egress.ask(&target.place, &self.bound))
    }

    async fn open(&self, config: &Config, target: &Target) -> io::Result<Counted> {
        let origin = Origin::default();
        let departed = self.egress.depart(&target.place, &self.bound, &origin).await;
        let passage = departed.map_err(io::Error::other)?;
        let opened = self.stream(config, target).await;
        match opened {
            Ok(stream) => Ok(Counted { stream, passage }),
            Err(error) => {
                passage.end(EgressOutcome::Failed);
                Err(error)
            }
        }
    }

    async fn stream(&self, config: &Config, target: &Target) -> io::Result<Box<dyn Stream>> {
        #[cfg(unix)]
        if let Some(path) = &target.socket {
            let stream = tokio::net::UnixStream::connect(path).await?;
            return Ok(Box::new(stream));
        }
        let addresses = if let Some(address) = target.address {
            vec![SocketAddr::new(address, target.place.port)]
        } else {
            let found = self.egress.addresses(&target.place, &self.bound).await;
            found.map_err(io::Error::other)?
        };
        let mut last = io::Error::new(io::ErrorKind::NotFound, "its name leads to no address");
        for address in addresses {
            match tcp(config, address).await {
                Ok(stream) => return Ok(Box::new(stream)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Begins a session on a connection, encrypted where the address wants that. A socket in the file system needs no TLS.
    async fn start(&self, config: &Config, target: &Target, stream: Counted) -> Result<Connected, Error> {
        let mut config = config.clone();
        #[cfg(unix)]
        if target.socket.is_some() {
            config.ssl_mode(SslMode::Disable);
        }
        // It has no error.
        let Ok(tls) = MakeTlsConnect::<Counted>::make_tls_connect(&mut self.tls.clone(), &target.place.host);
        let (client, connection) = config.connect_raw(stream, tls).await?;
        let task = carry(connection, Arc::clone(&self.told));
        fitting(&config, client, task).await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the gate let it out and wrote its line, a few lines above"
)]
async fn tcp(config: &Config, address: SocketAddr) -> io::Result<TcpStream> {
    let connecting = TcpStream::connect(address);
    let stream = match config.get_connect_timeout() {
        Some(&patience) => tokio::time::timeout(patience, connecting).await.map_err(|_| {
            io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no answer for {} s", patience.as_secs()),
            )
        })??,
        None => connecting.await?,
    };
    stream.set_nodelay(true)?;
    if config.get_keepalives() {
        let keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    }
    Ok(stream)
}

/// The hosts of an address, in its order.
fn targets(config: &Config) -> Vec<Target> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = hosts.len().max(addresses.len());
    let target = |index: usize| {
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        let address = addresses.get(index).copied();
        match (hosts.get(index), address) {
            (Some(Host::Tcp(name)), _) => Some((Place::new(name, port), address, None)),
            #[cfg(unix)]
            (Some(Host::Unix(dir)), _) => {
                let socket = dir.join(format!(".s.PGSQL.{port}"));
                Some((Place::new(&dir.display().to_string(), 0), None, Some(socket)))
            }
            (None, Some(address)) => Some((Place::new(&address.to_string(), port), Some(address), None)),
            (None, None) => None,
        }
    };
    let parts = (0..count).filter_map(target);
    parts
        .map(|(place, address, socket)| {
            #[cfg(not(unix))]
            let _: Option<()> = socket;
            Target {
                place,
                address,
                #[cfg(unix)]
                socket,
            }
        })
        .collect()
}

/// The client of a connection, and the task that carries it.
type Connected = (Client, JoinHandle<()>);

impl Connect for Gated {
    fn connect(
        &self,
        config: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<Connected, Error>> + Send + '_>> {
        let config = config.clone();
        Box::pin(async move {
            let mut last = broken(&config, io::Error::other("the address names no host")).await;
            for target in targets(&config) {
                let stream = match self.open(&config, &target).await {
                    Ok(stream) => stream,
                    Err(error) => {
                        last = broken(&config, error).await;
                        continue;
                    }
                };
                last = self.start(&config, &target, stream).await;
                if last.is_ok() {
                    break;
                }
            }
            last
        })
    }
}

/// The session, where its server is of the kind that the address asks for.
async fn fitting(config: &Config, client: Client, task: JoinHandle<()>) -> Result<Connected, Error> {
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok((client, task)),
    };
    for message in client.simple_query("SHOW transaction_read_only").await? {
        if let SimpleQueryMessage::Row(row) = message
            && row.try_get(0)? != Some(wanted)
        {
            task.abort();
            let error = io::Error::new(
                io::ErrorKind::PermissionDenied,
                "it is not of the kind that the address asks for",
            );
            return broken(config, error).await;
        }
    }
    Ok((client, task))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pool owns the handle and ends it with the client"
)]
fn carry<S, T>(mut connection: Connection<S, T>, told: Arc<Notify>) -> JoinHandle<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsStream + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                Ok(AsyncMessage::Notification(_)) => told.notify_one(),
                Ok(AsyncMessage::Notice(notice)) => tracing::debug!("PostgreSQL says: {notice}"),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection to PostgreSQL ended: {error}");
                    return;
                }
            }
        }
    })
}

/// An error of ours as one of the driver's, which makes its own alone: by a stream that fails with it. No session begins
/// on such a stream; if one did, its first use would fail.
async fn broken(config: &Config, error: io::Error) -> Result<Connected, Error> {
    let mut config = config.clone();
    config.ssl_mode(SslMode::Disable);
    let (client, connection) = config.connect_raw(Broken(Some(error)), NoTls).await?;
    Ok((client, carry(connection, Arc::default())))
}

/// Fails with this error.
struct Broken(Option<io::Error>);

impl Broken {
    fn fail(&mut self) -> io::Error {
        self.0.take().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl AsyncRead for Broken {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(self.fail()))
    }
}

impl AsyncWrite for Broken {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(self.fail()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(self.fail()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A connection of any kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that counts what it carries.
struct Counted {
    stream: Box<dyn Stream>,
    passage: Arc<dyn Passage>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.passage.end(EgressOutcome::Completed);
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len() - before;
        if read > 0 {
            self.passage.received(read as u64);
        }
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            self.passage.sent(written as u64);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
