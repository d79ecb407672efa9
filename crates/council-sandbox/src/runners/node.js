// Runs JavaScript for the sandbox. Hears and speaks through descriptor 3, as python.py does: `R` and its pid when it is
// ready; then a length, a letter, a word, a source; `D`, the word and how it went. Nothing that is said here is trusted
// outside.
'use strict';
const fs = require('fs');
const vm = require('vm');
const util = require('util');
const { createRequire } = require('module');

const MOST_VALUE = 65536;

function say(kind, what) {
  const body = Buffer.from(what, 'utf8');
  const head = Buffer.alloc(5);
  head.write(kind, 0, 'latin1');
  head.writeUInt32LE(body.length, 1);
  const bytes = Buffer.concat([head, body]);
  let sent = 0;
  while (sent < bytes.length) sent += fs.writeSync(3, bytes, sent);
}

function hear(count) {
  const bytes = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const got = fs.readSync(3, bytes, filled, count - filled, null);
    if (got === 0) process.exit(0);
    filled += got;
  }
  return bytes;
}

const home = process.env.HOME || '/box';
process.chdir(home);
const require_ = createRequire(home + '/program.js');
const context = vm.createContext(Object.create(globalThis, {}), { name: 'program' });
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!(name in context)) {
    try { context[name] = globalThis[name]; } catch { /* some cannot be copied, and nobody misses them */ }
  }
}
Object.assign(context, {
  require: require_, console, process, Buffer, setTimeout, setInterval, setImmediate, clearTimeout, clearInterval,
  clearImmediate, queueMicrotask, structuredClone, URL, URLSearchParams, TextEncoder, TextDecoder, performance,
  module: { exports: {} }, exports: {}, __filename: home + '/program.js', __dirname: home,
});
context.globalThis = context;

function finish(word, status, value) {
  const cut = value !== null && value.length > MOST_VALUE;
  say('D', word + JSON.stringify({ exit: status, value: cut ? value.slice(0, MOST_VALUE) : value, cut, memory: false }));
}

function step() {
  const length = hear(4).readUInt32LE(0);
  const session = hear(1).toString('latin1') === 's';
  const word = hear(16).toString('latin1');
  const source = hear(length).toString('utf8');
  let status = 0;
  let value = null;
  process.exitCode = undefined;
  const fail = (error) => {
    process.stderr.write((error && error.stack ? trimmed(error.stack) : 'Uncaught ' + util.inspect(error)) + '\n');
    status = 1;
  };
  const failed = (error) => { fail(error); };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
  const interrupted = () => { status = 130; process.emit('beforeExit'); };
  process.on('SIGINT', interrupted);
  try {
    const result = vm.runInContext(source, context, { filename: 'program.js', breakOnSigint: true, importModuleDynamically: vm.constants && vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
    if (result !== undefined) value = util.inspect(result, { maxStringLength: MOST_VALUE });
  } catch (error) {
    if (error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') { process.stderr.write('interrupted\n'); status = 130; } else fail(error);
  }
  // Timers and promises of the program run before it counts as done.
  process.once('beforeExit', () => {
    process.removeListener('uncaughtException', failed);
    process.removeListener('unhandledRejection', failed);
    process.removeListener('SIGINT', interrupted);
    finish(word, status || process.exitCode || 0, value);
    if (session) step(); else process.exit_(status);
  });
  process.exit_ = process.exit_ || process.exit;
  process.exit = (code) => {
    // A session ends with its process: said to be done, it would be met again.
    if (!session) finish(word, code === undefined ? (process.exitCode || 0) : Number(code) & 255, value);
    process.exit_(code);
  };
}

// The frames of the program, without those of this file.
function trimmed(stack) {
  return stack.split('\n').filter((line) => !line.includes('[eval]') && !line.includes('node:vm')).join('\n');
}

say('R', String(process.pid));
step();
