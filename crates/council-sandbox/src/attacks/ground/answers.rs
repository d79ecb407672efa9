//! Sockets of the host that answer whoever reaches them.

use rustix::event::{PollFd, PollFlags, poll};
use serde_json::{Value, json};
use std::fs::Permissions;
use std::io::{self, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;

/// Listeners on the loopback addresses, on socket files and on abstract names, and the thread that answers.
pub(super) struct Answers {
    told: Value,
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

enum Listener {
    Tcp(TcpListener),
    Udp(UdpSocket),
    Unix(UnixListener),
    /// Takes messages; that they arrive is answer enough.
    Datagrams(UnixDatagram),
}

impl Answers {
    /// Opens them; each answers with `token`.
    ///
    /// # Errors
    /// When one cannot be opened, as on a host without IPv6.
    pub(super) fn open(folder: &Path, token: &str) -> io::Result<Self> {
        let tcp4 = TcpListener::bind("127.0.0.1:0")?;
        let tcp6 = TcpListener::bind("[::1]:0")?;
        let udp4 = UdpSocket::bind("127.0.0.1:0")?;
        let udp6 = UdpSocket::bind("[::1]:0")?;
        let (socket, datagrams) = (folder.join("socket"), folder.join("datagrams"));
        let (abstract_name, abstract_datagrams) = (format!("council-{token}"), format!("council-{token}-d"));
        let free = TcpListener::bind("127.0.0.1:0")?;
        let told = json!({
            "tcp4": tcp4.local_addr()?.port(),
            "tcp6": tcp6.local_addr()?.port(),
            "udp4": udp4.local_addr()?.port(),
            "udp6": udp6.local_addr()?.port(),
            "free_port": free.local_addr()?.port(),
            "socket": socket,
            "datagrams": datagrams,
            "abstract": abstract_name,
            "abstract_datagrams": abstract_datagrams,
        });
        drop(free);
        let listeners = vec![
            Listener::Tcp(tcp4),
            Listener::Tcp(tcp6),
            Listener::Udp(udp4),
            Listener::Udp(udp6),
            Listener::Unix(UnixListener::bind(&socket)?),
            Listener::Unix(UnixListener::bind_addr(&SocketAddr::from_abstract_name(
                abstract_name,
            )?)?),
            Listener::Datagrams(UnixDatagram::bind(&datagrams)?),
            Listener::Datagrams(UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(
                abstract_datagrams,
            )?)?),
        ];
        for path in [&socket, &datagrams] {
            std::fs::set_permissions(path, Permissions::from_mode(0o777))?;
        }
        for listener in &listeners {
            listener.set_nonblocking()?;
        }
        let (stop, stopped) = UnixStream::pair()?;
        let token = token.to_owned();
        let thread = std::thread::Builder::new()
            .name("attack-answers".to_owned())
            .spawn(move || answer(&listeners, &stopped, token.as_bytes()))?;
        Ok(Self {
            told,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(super) fn told(&self) -> Value {
        self.told.clone()
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It can only have ended.
            let _ = thread.join();
        }
    }
}

/// Answers until `stopped` closes.
fn answer(listeners: &[Listener], stopped: &UnixStream, token: &[u8]) {
    loop {
        let mut waiting: Vec<PollFd<'_>> = listeners
            .iter()
            .map(|listener| PollFd::from_borrowed_fd(listener.as_fd(), PollFlags::IN))
            .collect();
        waiting.push(PollFd::new(stopped, PollFlags::IN));
        let ready = poll(&mut waiting, None);
        let ended = waiting.last().is_none_or(|stop| !stop.revents().is_empty());
        if ended || ready.is_err_and(|error| error != rustix::io::Errno::INTR) {
            return;
        }
        for listener in listeners {
            // Whoever asked may have left again; that is for it to say.
            let _ = listener.answer(token);
        }
    }
}

impl Listener {
    fn set_nonblocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => listener.set_nonblocking(true),
            Self::Udp(socket) => socket.set_nonblocking(true),
            Self::Unix(listener) => listener.set_nonblocking(true),
            Self::Datagrams(socket) => socket.set_nonblocking(true),
        }
    }

    fn answer(&self, token: &[u8]) -> io::Result<()> {
        let mut message = [0; 64];
        match self {
            Self::Tcp(listener) => listener.accept()?.0.write_all(token),
            Self::Unix(listener) => listener.accept()?.0.write_all(token),
            Self::Udp(socket) => {
                let (_, from) = socket.recv_from(&mut message)?;
                socket.send_to(token, from).map(|_| ())
            }
            Self::Datagrams(socket) => socket.recv(&mut message).map(|_| ()),
        }
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Udp(socket) => socket.as_fd(),
            Self::Unix(listener) => listener.as_fd(),
            Self::Datagrams(socket) => socket.as_fd(),
        }
    }
}
