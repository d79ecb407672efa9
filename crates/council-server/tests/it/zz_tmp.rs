//! temp
use crate::app::TestApp;
#[tokio::test]
async fn zz_serve() {
    let app = TestApp::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:9777").await.unwrap();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(45), council_server::serve(listener, app.router.clone(), std::future::pending())).await;
}
