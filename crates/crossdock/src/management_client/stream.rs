//! The bytes between client and router, in TLS or not.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection.
pub(super) trait Transport: AsyncRead + AsyncWrite + Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Debug + Send + Unpin> Transport for T {}

/// A connection that remembers whether what came first was a TLS alert: that is what one who speaks TLS only says to one who
/// does not.
#[derive(Debug)]
pub(super) struct Stream {
    inner: Box<dyn Transport>,
    is_begun: bool,
    is_alert: Arc<AtomicBool>,
}

impl Stream {
    pub(super) fn new(inner: impl Transport + 'static) -> Stream {
        Stream { inner: Box::new(inner), is_begun: false, is_alert: Arc::default() }
    }

    /// Tells whether it was one, even when the stream is gone.
    pub(super) fn alert_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_alert)
    }
}

/// Whether bytes begin like an alert of TLS: record type 21, version 3.
pub(super) fn is_tls_alert(bytes: &[u8]) -> bool {
    bytes.starts_with(&[21, 3])
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        let came = buf.filled().get(before..).unwrap_or_default();
        if !self.is_begun && !came.is_empty() {
            self.is_begun = true;
            self.is_alert.store(is_tls_alert(came), Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
