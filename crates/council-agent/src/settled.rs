//! Receipts, kept as before, and told to whoever listens; how answers were judged, to whoever decides who answers.

use crate::routing::Judge;
use async_trait::async_trait;
use council_core::{Feedback, Page, Receipt, ReceiptFilter, ReceiptStore, StoreError, Verdicts};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Receipts that wait for somebody who is slow; older ones are in the store.
const WAITING: usize = 64;

/// A store of receipts that tells of each one that it has kept.
pub(crate) struct Settled {
    store: Arc<dyn ReceiptStore>,
    judge: Arc<dyn Judge>,
    kept: broadcast::Sender<Arc<Receipt>>,
}

impl Settled {
    /// Around a store.
    pub(crate) fn new(store: Arc<dyn ReceiptStore>, judge: Arc<dyn Judge>) -> Self {
        Self {
            store,
            judge,
            kept: broadcast::Sender::new(WAITING),
        }
    }

    /// The other end of what is told.
    pub(crate) fn told(&self) -> broadcast::Sender<Arc<Receipt>> {
        self.kept.clone()
    }
}

#[async_trait]
impl ReceiptStore for Settled {
    async fn keep_receipt(&self, receipt: Receipt) -> Result<(), StoreError> {
        if self.kept.receiver_count() == 0 {
            return self.store.keep_receipt(receipt).await;
        }
        let told = Arc::new(receipt.clone());
        self.store.keep_receipt(receipt).await?;
        // Nobody listens any more: then nobody misses it.
        let _ = self.kept.send(told);
        Ok(())
    }

    async fn receipt(&self, request_id: &str) -> Result<(Receipt, Vec<Feedback>), StoreError> {
        self.store.receipt(request_id).await
    }

    async fn receipts(&self, filter: ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), StoreError> {
        self.store.receipts(filter, page).await
    }

    async fn note(&self, feedback: Feedback) -> Result<(), StoreError> {
        let is_verdict = feedback.rating.verdict().is_some();
        self.store.note(feedback).await?;
        // It is noted; that nothing was learnt from it yet is made up for with the next one.
        if is_verdict && let Err(error) = self.verdicts().await {
            tracing::warn!("nothing was learnt from a rating: {error}");
        }
        Ok(())
    }

    /// The judge hears of them, too.
    async fn verdicts(&self) -> Result<Vec<Verdicts>, StoreError> {
        let verdicts = self.store.verdicts().await?;
        self.judge.hear(&verdicts);
        Ok(verdicts)
    }
}
