/**
 * Fails unless what is installed is what package-lock.json says, by version and hash. `npm ci` would see to it, and refuses a
 * lock file that was written where the registry has no optional packages of other platforms; `npm install` keeps to the lock
 * file and says nothing where it cannot. A package that the lock file does not list may only be such an optional one, at the
 * exact version that a listed package asks for.
 */
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).packages;
const locked = read("../package-lock.json");
const installed = read("../node_modules/.package-lock.json");

const optional = new Set();
for (const entry of Object.values(locked)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    optional.add(`${name}@${version}`);
  }
}

const wrong = [];
for (const [path, entry] of Object.entries(installed)) {
  const expected = locked[path];
  if (expected === undefined) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!(entry.optional && optional.has(`${name}@${entry.version}`))) {
      wrong.push(`${path} ${entry.version} is not in package-lock.json`);
    }
  } else if (expected.version !== entry.version || expected.integrity !== entry.integrity) {
    wrong.push(`${path} is ${entry.version} ${entry.integrity}, not ${expected.version} ${expected.integrity}`);
  }
}
for (const [path, entry] of Object.entries(locked)) {
  if (path !== "" && installed[path] === undefined && !entry.optional) wrong.push(`${path} is not installed`);
}
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join("\n")}\nremove web/node_modules and run \`npm install\` in web/\n`);
  process.exit(1);
}
