//! Books and receipts in memory, the simplest that are right: for tests, and to hold the real ones against.

use super::{Budget, BudgetError, CapKind, Caps, NanoUsd, Reservation, Spending, Spent};
use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use crate::receipt::{Feedback, Receipt, ReceiptFilter, ReceiptStore, Verdicts};
use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lists.
#[derive(Default)]
pub struct NaiveBooks {
    calls: Mutex<Vec<Call>>,
    receipts: Mutex<Vec<(Receipt, Vec<Feedback>)>>,
}

struct Call {
    reservation: Reservation,
    counted: NanoUsd,
    open: bool,
    charged: bool,
}

impl NaiveBooks {
    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Receipt, Vec<Feedback>)>> {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every receipt, oldest first.
    pub fn all_receipts(&self) -> Vec<Receipt> {
        self.kept().iter().map(|(receipt, _)| receipt.clone()).collect()
    }
}

fn sum<'a>(calls: impl Iterator<Item = &'a Call>) -> NanoUsd {
    calls.fold(NanoUsd::ZERO, |sum, call| sum.plus(call.counted))
}

fn missing(what: &'static str, id: &str) -> StoreError {
    StoreError::NotFound {
        what,
        id: id.to_owned(),
    }
}

#[async_trait]
impl Budget for NaiveBooks {
    async fn reserve(&self, reservation: Reservation, caps: Caps) -> Result<(), BudgetError> {
        let mut calls = self.calls();
        let (day, month) = (reservation.at.start_of_day(), reservation.at.start_of_month());
        let at = |call: &&Call| call.reservation.at;
        let of_request = |call: &&Call| call.reservation.request_id == reservation.request_id;
        let of_key = |call: &&Call| at(call) >= day && call.reservation.key == reservation.key;
        let per_key = caps.per_key.filter(|_| !reservation.key.is_empty());
        for (kind, cap, used) in [
            (
                CapKind::Request,
                caps.per_request,
                sum(calls.iter().filter(of_request)),
            ),
            (CapKind::Key, per_key, sum(calls.iter().filter(of_key))),
            (
                CapKind::Day,
                caps.daily,
                sum(calls.iter().filter(|call| at(call) >= day)),
            ),
            (
                CapKind::Month,
                caps.monthly,
                sum(calls.iter().filter(|call| at(call) >= month)),
            ),
        ] {
            let Some(cap) = cap else { continue };
            if used.plus(reservation.amount) > cap {
                return Err(BudgetError::Exceeded {
                    kind,
                    cap,
                    used,
                    asked: reservation.amount,
                    model: reservation.model,
                });
            }
        }
        if calls.iter().any(|call| call.reservation.id == reservation.id) {
            let message = format!("the reservation `{}` exists", reservation.id);
            return Err(StoreError::Failed(message).into());
        }
        calls.push(Call {
            counted: reservation.amount,
            reservation,
            open: true,
            charged: false,
        });
        Ok(())
    }

    async fn charge(&self, reservation: &str, amount: NanoUsd) -> Result<(), StoreError> {
        let mut calls = self.calls();
        let call = calls.iter_mut().find(|call| call.reservation.id == reservation);
        let call = call.ok_or_else(|| missing("reservation", reservation))?;
        if call.charged {
            let message = format!("the reservation `{reservation}` was charged before");
            return Err(StoreError::Invalid(message));
        }
        (call.counted, call.open, call.charged) = (amount, false, true);
        Ok(())
    }

    async fn expire(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut calls = self.calls();
        let over = calls
            .iter_mut()
            .filter(|call| call.open && call.reservation.expires_at <= now);
        Ok(over.map(|call| call.open = false).count() as u64)
    }

    async fn spending(&self, now: Timestamp) -> Result<Spending, StoreError> {
        let calls = self.calls();
        let since = |time: Timestamp| sum(calls.iter().filter(|call| call.reservation.at >= time));
        let month = now.start_of_month();
        let open = calls
            .iter()
            .filter(|call| call.open && call.reservation.at >= month);
        Ok(Spending {
            today: since(now.start_of_day()),
            month: since(month),
            reserved: sum(open),
        })
    }

    async fn spent_since(&self, since: Timestamp) -> Result<Vec<Spent>, StoreError> {
        let calls = self.calls();
        let mut spent: Vec<Spent> = Vec::new();
        for call in calls
            .iter()
            .filter(|call| call.reservation.at >= since && call.counted > NanoUsd::ZERO)
        {
            match spent.iter_mut().find(|one| one.model == call.reservation.model) {
                Some(one) => {
                    one.calls += 1;
                    one.amount = one.amount.plus(call.counted);
                }
                None => spent.push(Spent {
                    model: call.reservation.model.clone(),
                    calls: 1,
                    amount: call.counted,
                }),
            }
        }
        spent.sort_by(|one, other| {
            other
                .amount
                .cmp(&one.amount)
                .then_with(|| one.model.cmp(&other.model))
        });
        Ok(spent)
    }
}

#[async_trait]
impl ReceiptStore for NaiveBooks {
    async fn keep_receipt(&self, receipt: Receipt) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if kept.iter().all(|(one, _)| one.request_id != receipt.request_id) {
            kept.push((receipt, Vec::new()));
        }
        Ok(())
    }

    async fn receipt(&self, request_id: &str) -> Result<(Receipt, Vec<Feedback>), StoreError> {
        let kept = self.kept();
        let found = kept.iter().find(|(one, _)| one.request_id == request_id);
        found.cloned().ok_or_else(|| missing("receipt", request_id))
    }

    async fn receipts(&self, filter: ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), StoreError> {
        let kept = self.kept();
        let wanted = |receipt: &&Receipt| {
            let at = Timestamp::from_millis(receipt.started_at_ms);
            let same =
                |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
            same(&filter.user, &receipt.user)
                && same(&filter.answered_by, &receipt.answered_by)
                && same(&filter.outcome, &receipt.outcome)
                && filter.skill.is_none_or(|skill| skill == receipt.skill)
                && filter
                    .escalated
                    .is_none_or(|escalated| escalated == receipt.escalated())
                && filter
                    .conversation
                    .as_ref()
                    .is_none_or(|id| receipt.conversation.as_deref() == Some(id.as_str()))
                && filter.since.is_none_or(|since| at >= since)
                && filter.until.is_none_or(|until| at < until)
        };
        let found: Vec<Receipt> = kept
            .iter()
            .map(|(receipt, _)| receipt)
            .filter(wanted)
            .cloned()
            .collect();
        let total = found.len() as u64;
        let page = found
            .into_iter()
            .rev()
            .skip(page.offset as usize)
            .take(page.limit as usize);
        Ok((page.collect(), total))
    }

    async fn note(&self, feedback: Feedback) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let found = kept
            .iter_mut()
            .find(|(one, _)| one.request_id == feedback.request_id);
        let (_, notes) = found.ok_or_else(|| missing("receipt", &feedback.request_id))?;
        notes.push(feedback);
        Ok(())
    }

    async fn verdicts(&self) -> Result<Vec<Verdicts>, StoreError> {
        let mut all: Vec<Verdicts> = Vec::new();
        for (receipt, notes) in self.kept().iter() {
            let Some(right) = notes.iter().rev().find_map(|note| note.rating.verdict()) else {
                continue;
            };
            let same =
                |one: &&mut Verdicts| one.answered_by == receipt.answered_by && one.kind == receipt.kind();
            if let Some(one) = all.iter_mut().find(same) {
                one.right += u32::from(right);
                one.wrong += u32::from(!right);
            } else {
                all.push(Verdicts {
                    answered_by: receipt.answered_by.clone(),
                    kind: receipt.kind(),
                    right: u32::from(right),
                    wrong: u32::from(!right),
                });
            }
        }
        all.sort_by_key(|one| (one.answered_by.clone(), one.kind.as_str()));
        Ok(all)
    }
}
