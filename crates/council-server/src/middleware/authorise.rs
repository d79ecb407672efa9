//! Lets in whom a route is for, and tells the handler who that is.

use crate::access::{Caller, Place};
use crate::error::{ApiError, Code};
use crate::extract::PeerAddr;
use crate::router::Need;
use crate::state::{App, ServerState};
use axum::body::{Body, BodyDataStream};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt as _};

/// Refuses requests that lack what their route needs.
pub(crate) async fn authorise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let need = app.needs.get(request.method(), path);
    let peer = request
        .extensions()
        .get::<PeerAddr>()
        .map(|PeerAddr(address)| address.ip());
    let host = super::guard::host(&request);
    let place = Place::of(peer, host.as_deref(), request.headers());
    match admit(&app, need, place, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(place);
            let held = caller.clone().filter(|caller| caller.key.is_some());
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            let response = next.run(request).await;
            match held {
                Some(caller) if is_events(&response) => response.map(|body| held_by(app, caller, body)),
                Some(_) | None => response,
            }
        }
        Err(error) => {
            app.http.refused(error.code);
            error.into_response()
        }
    }
}

fn is_events(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// A stream of events for as long as its caller may stay. Then it says why in a line that is no event, because each API has
/// failures of its own, and breaks off, so that nobody takes it for whole.
fn held_by(app: App, caller: Caller, body: Body) -> Body {
    let events = body.into_data_stream();
    let ended = Box::pin(async move { app.access.ended(&caller).await });
    Body::from_stream(stream::unfold(Held::Open(events, ended), |held| async move {
        match held {
            Held::Open(mut events, mut ended) => tokio::select! {
                biased;
                why = &mut ended => Some((Ok(format!(": {why}\n\n").into()), Held::Over(why))),
                event = events.next() => Some((event?, Held::Open(events, ended))),
            },
            Held::Over(why) => Some((Err(axum::Error::new(std::io::Error::other(why))), Held::Told)),
            Held::Told => None,
        }
    }))
}

/// How far a stream of events is.
enum Held<E> {
    Open(BodyDataStream, E),
    Over(String),
    Told,
}

async fn admit(
    app: &ServerState,
    need: Need,
    place: Place,
    headers: &HeaderMap,
) -> Result<Option<Caller>, ApiError> {
    let access = &app.access;
    let caller = match need {
        Need::Nothing => None,
        Need::Anybody | Need::Key | Need::Scope(_) => {
            let identified = access.identify(place, headers).await;
            identified.inspect_err(|_| {
                // Whoever shows a wrong key is somebody without one.
                let _ = access.pace(place, None);
            })?
        }
    };
    access.pace(place, caller.as_ref())?;
    match (need, &caller) {
        (Need::Nothing | Need::Anybody, _) | (Need::Key, Some(_)) => {}
        (Need::Scope(scope), Some(caller)) => caller.needs(scope)?,
        (Need::Key | Need::Scope(_), None) => {
            let message = "this needs a key: send `Authorization: Bearer cnc_…`";
            let hint = "`council key add` on the server's machine makes one";
            return Err(ApiError::new(Code::Unauthorized, message).with_hint(hint));
        }
    }
    Ok(caller)
}
