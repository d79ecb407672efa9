import { texts } from "@/shared/i18n/chat";
import { formatBytes } from "@/shared/lib/format";
import type { Machine } from "./queries";

/** What this machine has for models, as far as it can be found out. */
export function MachineLines({ machine }: { machine: Machine }) {
  const { cpu_model: cpu, physical_cores: cores, memory_bytes: memory, available_memory_bytes: free } = machine;
  const t = texts.setup;
  const lines = [
    [cpu, t.cores(cores)].filter((part) => part != null).join(", "),
    memory == null ? null : free == null ? t.memoryTotal(formatBytes(memory)) : t.memory(formatBytes(memory), formatBytes(free)),
    machine.disk_free_bytes == null ? null : t.disk(formatBytes(machine.disk_free_bytes)),
    ...machine.gpus.map(({ name, memory_bytes: bytes }) => (bytes == null ? name : `${name}, ${formatBytes(bytes)}`)),
    machine.gpus.length === 0 ? t.noGpu : null,
  ].filter((line) => line !== null);
  return (
    <ul className="list-disc space-y-0.5 pl-5 text-soft">
      {lines.map((line) => <li key={line}>{line}</li>)}
    </ul>
  );
}
