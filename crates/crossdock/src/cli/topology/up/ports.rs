//! The ports of a mesh that runs on this machine.

use std::net::{Ipv4Addr, SocketAddr};

use crossdock_topology::Mesh;
use tokio::net::TcpSocket;

/// The host of everything that runs here.
const HOST: &str = "127.0.0.1";

/// Ports that are bound, but not listened on: nobody else gets them, and a child, which reuses addresses as these sockets
/// do, can listen there.
#[derive(Debug)]
pub(super) struct Reserved(#[allow(dead_code, reason = "held, not read")] Vec<TcpSocket>);

/// Moves the mesh to this machine: every listener and embedded broker to 127.0.0.1, with `free` to a port that is free.
///
/// # Errors
///
/// A sentence for each port that is taken.
pub(super) fn settle(mesh: &mut Mesh, free: bool) -> Result<Reserved, Vec<String>> {
    let mut sockets = Vec::new();
    let mut taken = Vec::new();
    let mut take = |port: u16, who: &str| match reserve(if free { 0 } else { port }) {
        Ok((socket, port)) => {
            sockets.push(socket);
            port
        }
        Err(error) => {
            let error = error.to_string();
            let reason = error.split(" (os error").next().unwrap_or_default().to_owned();
            taken.push(format!("port {port} of {who}: {reason}"));
            port
        }
    };
    for router in &mut mesh.routers {
        HOST.clone_into(&mut router.host);
        for listener in &mut router.listeners {
            HOST.clone_into(&mut listener.host);
            let who = format!("listener {} of {}", listener.name, router.id);
            listener.port = listener.port.map(|port| take(port, &who));
        }
    }
    for broker in mesh.brokers.iter_mut().filter(|broker| broker.embedded) {
        HOST.clone_into(&mut broker.host);
        broker.port = take(broker.port, &format!("broker {}", broker.id));
    }
    if taken.is_empty() { Ok(Reserved(sockets)) } else { Err(taken) }
}

fn reserve(port: u16) -> std::io::Result<(TcpSocket, u16)> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let port = socket.local_addr()?.port();
    Ok((socket, port))
}
