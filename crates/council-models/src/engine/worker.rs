//! The worker process: reads jobs from the socket that is its standard input, writes what each step made.
//!
//! Two threads. One reads frames and turns prompts into tokens, so that a long prompt does not hold up a step; the
//! other owns the model's context and runs the [`Scheduler`]. llama.cpp may abort the process at any time; the
//! supervisor lives in another one.

use super::eye::Eye;
use super::image::{Image, Prompt};
use super::llama::Llama;
use super::pages;
use super::scheduler::{Limits, Scheduler};
use super::threads::{Crowd, ThreadTuner};
use super::tokens::{Tokens, Vocabulary};
use crate::protocol::{
    FromWorker, Job, JobFailure, JobId, LoadOrder, ToWorker, WorkerReady, read_frame, write_frame,
};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use std::io::{self, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Serves one model over the socket that is this process's standard input, until it closes.
pub fn run_worker() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(&format!("worker ends: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let begun = Instant::now();
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    let socket = UnixStream::from(stdin);
    let mut reader = BufReader::new(socket.try_clone()?);
    let writer = Arc::new(Mutex::new(socket));
    let Some(ToWorker::Load(order)) = read_frame(&mut reader)? else {
        return Err(io::Error::other("the first frame must be an order to load"));
    };
    let order = *order;
    let runtime = LlamaBackend::init().map_err(io::Error::other)?;
    let model = match load_model(&runtime, &order, &writer) {
        Ok(model) => model,
        Err(message) => return send(&writer, &FromWorker::LoadFailed(message)),
    };
    let engine = order.engine;
    let eye = order.projector.as_deref();
    let eye = match eye.map(|path| Eye::open(path, &model, &engine)).transpose() {
        Ok(eye) => eye,
        Err(message) => return send(&writer, &FromWorker::LoadFailed(message)),
    };
    let backend = match Llama::new(&runtime, &model, engine.clone(), eye.as_ref()) {
        Ok(backend) => backend,
        Err(message) => return send(&writer, &FromWorker::LoadFailed(message)),
    };
    let limits = Limits {
        context_tokens: engine.context_tokens as usize,
        batch_tokens: engine.batch_tokens as usize,
        slots: engine.slots as usize,
        kv_capacity_tokens: engine.kv_capacity_tokens as usize,
    };
    let ready = WorkerReady {
        context_tokens: engine.context_tokens.min(engine.kv_capacity_tokens),
        vocab_tokens: model.n_vocab() as u32,
        load_seconds: begun.elapsed().as_secs_f64(),
    };
    send(&writer, &FromWorker::Ready(ready))?;

    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        let reading = Reading {
            model: &model,
            eye: eye.as_ref(),
        };
        // The sender goes with the thread: its end is how the computing thread learns that nothing comes any more.
        let counts = &*writer;
        scope.spawn(move || read_orders(reader, reading, &sender, counts));
        // Who says how many threads there are gets as many, for prompts too. A graphics processor needs few.
        let said = engine.config.threads.is_some() || engine.config.threads_batch.is_some();
        let auto = !said && engine.gpu_layers == 0;
        let tuner = auto.then(|| ThreadTuner::new(engine.threads));
        run_steps(
            Scheduler::new(backend, limits),
            engine.threads,
            tuner,
            &receiver,
            &writer,
        )
    })
}

fn load_model(
    runtime: &LlamaBackend,
    order: &LoadOrder,
    writer: &Arc<Mutex<UnixStream>>,
) -> Result<LlamaModel, String> {
    let progress = Arc::clone(writer);
    let mut reported = 0.0_f32;
    let params = LlamaModelParams::default()
        .with_n_gpu_layers(order.engine.gpu_layers)
        // A mapped file and its repacked copy would both count as resident memory.
        .with_use_mmap(order.engine.gpu_layers > 0)
        .with_progress_callback(move |done| {
            if done - reported >= 0.05 {
                reported = done;
                // False ends the loading: nobody is listening any more.
                return send(&progress, &FromWorker::Progress(done)).is_ok();
            }
            true
        });
    pages::load(|| LlamaModel::load_from_file(runtime, &order.path, &params))
        .map_err(|error| format!("llama.cpp could not load `{}`: {error}", order.path.display()))
}

/// What the reading thread hands to the computing one.
enum Order {
    Submit(Box<Job>, Prompt),
    /// A job whose prompt cannot be read.
    Refuse(JobId, JobFailure),
    Cancel(JobId),
}

fn read_orders(
    mut reader: BufReader<UnixStream>,
    reading: Reading<'_>,
    orders: &Sender<Order>,
    counts: &Mutex<UnixStream>,
) {
    let mut tokens = Tokens::new(reading);
    loop {
        let order = match read_frame(&mut reader) {
            Ok(Some(ToWorker::Submit(job))) => match tokens.of(&job) {
                Ok(prompt) => Order::Submit(job, prompt),
                Err(failure) => Order::Refuse(job.id, failure),
            },
            Ok(Some(ToWorker::Count(job))) => {
                let counted = FromWorker::Counted {
                    id: job.id,
                    tokens: tokens.of(&job).ok().map(|prompt| prompt.tokens.len() as u32),
                };
                if send(counts, &counted).is_err() {
                    return;
                }
                continue;
            }
            Ok(Some(ToWorker::Cancel(id))) => Order::Cancel(id),
            Ok(Some(ToWorker::Load(_))) => {
                log("ignored an order to load a second model");
                continue;
            }
            Ok(None) => return,
            Err(error) => {
                log(&format!("the supervisor's orders cannot be read: {error}"));
                return;
            }
        };
        if orders.send(order).is_err() {
            return;
        }
    }
}

/// What the reading thread needs of the model.
#[derive(Clone, Copy)]
struct Reading<'a> {
    model: &'a LlamaModel,
    eye: Option<&'a Eye>,
}

impl Vocabulary for Reading<'_> {
    fn beginning(&self) -> Option<u32> {
        let vocab = self.model.vocab();
        vocab.should_add_bos().then(|| vocab.bos().0 as u32)
    }

    fn tokenize(&self, text: &str, control: bool) -> Vec<u32> {
        let tokens = self.model.vocab().tokenize(text.as_bytes(), false, control);
        tokens.into_iter().map(|token| token.0 as u32).collect()
    }

    fn image(&self, url: &str) -> Result<Image, String> {
        match self.eye {
            Some(eye) => eye.look(url),
            None => Err("it holds an image, and this model sees none; send text only".to_owned()),
        }
    }
}

fn run_steps(
    mut scheduler: Scheduler<Llama<'_>>,
    mut threads: u32,
    mut tuner: Option<ThreadTuner>,
    orders: &Receiver<Order>,
    writer: &Arc<Mutex<UnixStream>>,
) -> io::Result<()> {
    let begun = Instant::now();
    let mut crowd = Crowd::new(0.0);
    loop {
        if scheduler.is_idle() {
            match orders.recv() {
                Ok(order) => take(&mut scheduler, order),
                Err(_) => return Ok(()),
            }
        }
        loop {
            match orders.try_recv() {
                Ok(order) => take(&mut scheduler, order),
                Err(TryRecvError::Empty) => break,
                // The supervisor is gone; nobody wants the rest.
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
        let mut step = scheduler.step(&mut || begun.elapsed().as_secs_f64());
        step.threads = threads;
        let (seconds, at) = (step.seconds, begun.elapsed().as_secs_f64());
        send(writer, &FromWorker::Step(step))?;
        if let Some(tuner) = &mut tuner {
            let sample = crowd
                .as_mut()
                .and_then(|crowd: &mut Crowd| crowd.step(seconds, at));
            if let Some(better) = sample.and_then(|sample| tuner.decide(threads, sample, at))
                && scheduler.use_threads(better)
            {
                threads = better;
            }
        }
    }
}

fn take(scheduler: &mut Scheduler<Llama<'_>>, order: Order) {
    match order {
        Order::Submit(job, prompt) => scheduler.submit(*job, prompt),
        Order::Refuse(id, failure) => scheduler.refuse(id, failure),
        Order::Cancel(id) => scheduler.cancel(id),
    }
}

fn send(writer: &Mutex<UnixStream>, message: &FromWorker) -> io::Result<()> {
    let mut socket = writer.lock().unwrap_or_else(PoisonError::into_inner);
    write_frame(&mut *socket, message)?;
    socket.flush()
}

#[expect(
    clippy::print_stderr,
    reason = "the supervisor reads the worker's standard error as its log"
)]
fn log(line: &str) {
    eprintln!("{line}");
}
